using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace ImdbPipeline.Learning.Encoders;

/// <summary>
/// The head of a masked-language model (Devlin et al. 2018): a dense layer, GELU, a layer norm, and an output layer tied to the
/// word embeddings.
/// </summary>
public static class MaskedLanguageHead
{
    public static IReadOnlyList<ParameterSpec> Specs(EncoderConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        var (transform, norm, bias) = ParameterNames.Of(config.Family).MaskedLanguageHead;
        var depth = config.Layers + 1;
        return
        [
            new($"{transform}.weight", [config.Dim, config.Dim], depth, ParameterKind.Weight),
            new($"{transform}.bias", [config.Dim], depth, ParameterKind.Bias),
            new($"{norm}.weight", [config.Dim], depth, ParameterKind.NormScale),
            new($"{norm}.bias", [config.Dim], depth, ParameterKind.NormShift),
            new(bias, [config.VocabSize], depth, ParameterKind.Bias),
        ];
    }

    /// <param name="encoder">Its weights must include this head.</param>
    /// <param name="hidden">The last layer's hidden states at the masked tokens, <c>[masked, dim]</c>.</param>
    /// <returns>Logits over the vocabulary, float32 <c>[masked, vocabSize]</c>.</returns>
    public static Tensor Logits(TrainableEncoder encoder, Tensor hidden)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        using var scope = NewDisposeScope();
        var names = ParameterNames.Of(encoder.Config.Family);
        var (transform, norm, bias) = names.MaskedLanguageHead;
        var transformed = encoder.Norm(encoder.Config.Activation.Apply(encoder.Dense(hidden, transform)), norm);
        var words = encoder.ToComputeType(encoder.Weights[$"{names.WordEmbeddings}.weight"]);
        return linear(encoder.ToComputeType(transformed), words, encoder.ToComputeType(encoder.Weights[bias])).to(ScalarType.Float32).MoveToOuterDisposeScope();
    }
}
