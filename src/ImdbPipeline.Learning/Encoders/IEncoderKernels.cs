using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Encoders;

/// <summary>
/// The operations an encoder's forward pass consists of. The architecture is written once, in <see cref="Encoder"/>;
/// implementations decide how the weights are stored and multiplied.
/// </summary>
internal interface IEncoderKernels : IDisposable
{
    Device Device { get; }

    /// <returns>An embedding, a norm's parameter or a head's parameter, by its Hugging Face name.</returns>
    Tensor this[string parameter] { get; }

    /// <returns>The sum; may be written into <paramref name="left"/>, which must not be used afterwards.</returns>
    Tensor Add(Tensor left, Tensor right);

    /// <param name="name">The parameters' name without <c>.weight</c> and <c>.bias</c>.</param>
    /// <returns>float32, of the input's shape.</returns>
    Tensor Norm(Tensor input, string name);

    /// <param name="input"><c>[…, inputs]</c></param>
    /// <param name="name">The parameters' name without <c>.weight</c> and <c>.bias</c>.</param>
    /// <returns><c>[…, outputs]</c></returns>
    Tensor Dense(Tensor input, string name);

    /// <summary>The three attention projections of a layer.</summary>
    /// <param name="queries">What queries are projected from: <paramref name="hidden"/> itself, or <c>[rows, dim]</c> for each row's first token only.</param>
    /// <param name="hidden"><c>[tokens, dim]</c></param>
    (Tensor Queries, Tensor Keys, Tensor Values) Project(Tensor queries, Tensor hidden, LayerNames layer);

    /// <summary>A dense layer, the activation function, and another dense layer.</summary>
    /// <param name="input"><c>[tokens, dim]</c></param>
    /// <returns><c>[tokens, dim]</c></returns>
    Tensor FeedForward(Tensor input, LayerNames layer);
}
