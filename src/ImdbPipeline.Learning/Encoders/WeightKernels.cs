using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.Foundation;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace ImdbPipeline.Learning.Encoders;

/// <summary>Torch's own operations on an encoder's weights, with gradients.</summary>
internal sealed class WeightKernels(EncoderWeights weights) : IEncoderKernels
{
    public EncoderWeights Weights => weights;

    public TrainingPrecision Precision { get; set; }

    public bool UseOneDnn { get; init; } = Processor.HasFasterOneDnn;

    public Device Device => weights[$"{ParameterNames.Of(weights.Config.Family).WordEmbeddings}.weight"].device;

    public Tensor this[string parameter] => weights[parameter];

    public Tensor Add(Tensor left, Tensor right) => left + right;

    public Tensor Norm(Tensor input, string name) =>
        layer_norm(input, [weights.Config.Dim], weights[$"{name}.weight"], weights[$"{name}.bias"], weights.Config.LayerNormEpsilon);

    public Tensor Dense(Tensor input, string name)
    {
        Tensor weight = weights[$"{name}.weight"], bias = weights[$"{name}.bias"];
        return UseOneDnn && Precision != TrainingPrecision.Bf16 && is_grad_enabled() && OneDnnDense.Serves(input, weight)
            ? OneDnnDense.Of(input, weight, bias)
            : linear(ToComputeType(input), ToComputeType(weight), ToComputeType(bias));
    }

    public (Tensor Queries, Tensor Keys, Tensor Values) Project(Tensor queries, Tensor hidden, LayerNames layer) =>
        (Dense(queries, layer.Prefix + layer.Query), Dense(hidden, layer.Prefix + layer.Key), Dense(hidden, layer.Prefix + layer.Value));

    public Tensor FeedForward(Tensor input, LayerNames layer) => Dense(weights.Config.Activation.Apply(Dense(input, layer.Prefix + layer.Expand)), layer.Prefix + layer.Contract);

    public Tensor ToComputeType(Tensor value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return Precision == TrainingPrecision.Bf16 ? value.to(ScalarType.BFloat16) : value;
    }

    public void Dispose() => weights.Dispose();
}
