using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Inferring;

/// <summary>A dense layer in bf16 with float32 inputs, outputs and sums.</summary>
internal sealed class Bf16Linear : IPackedLinear
{
    private readonly Tensor weight, bias;

    /// <param name="weight">float32 <c>[outputs, inputs]</c>, copied.</param>
    /// <param name="bias">float32 <c>[outputs]</c>; the product takes ownership.</param>
    public Bf16Linear(Tensor weight, Tensor bias) => (this.weight, this.bias) = (weight.to(ScalarType.BFloat16).DetachFromDisposeScope(), bias);

    public Tensor Apply(Tensor input) => nn.functional.linear(input.to(ScalarType.BFloat16), weight).to(ScalarType.Float32).add_(bias);

    public void Dispose()
    {
        weight.Dispose();
        bias.Dispose();
    }
}
