using ImdbPipeline.Core.Runs;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace ImdbPipeline.Learning.Encoders;

/// <summary>Torch's own operations on an encoder's weights, with gradients.</summary>
internal sealed class WeightKernels(EncoderWeights weights) : IEncoderKernels
{
    public EncoderWeights Weights => weights;

    public TrainingPrecision Precision { get; set; }

    public Device Device => weights[$"{ParameterNames.Of(weights.Config.Family).WordEmbeddings}.weight"].device;

    public Tensor this[string parameter] => weights[parameter];

    public Tensor Add(Tensor left, Tensor right) => left + right;

    public Tensor Norm(Tensor input, string name) =>
        layer_norm(input, [weights.Config.Dim], weights[$"{name}.weight"], weights[$"{name}.bias"], weights.Config.LayerNormEpsilon);

    public Tensor Dense(Tensor input, string name) => linear(ToComputeType(input), ToComputeType(weights[$"{name}.weight"]), ToComputeType(weights[$"{name}.bias"]));

    public (Tensor Queries, Tensor Keys, Tensor Values) Project(Tensor queries, Tensor hidden, LayerNames layer) =>
        (Dense(queries, layer.Prefix + layer.Query), Dense(hidden, layer.Prefix + layer.Key), Dense(hidden, layer.Prefix + layer.Value));

    public Tensor FeedForward(Tensor input, LayerNames layer) => Dense(gelu(Dense(input, layer.Prefix + layer.Expand)), layer.Prefix + layer.Contract);

    public Tensor ToComputeType(Tensor value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return Precision == TrainingPrecision.Bf16 ? value.to(ScalarType.BFloat16) : value;
    }

    public void Dispose() => weights.Dispose();
}
