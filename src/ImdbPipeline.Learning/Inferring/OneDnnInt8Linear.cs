using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Inferring;

/// <summary>A dense layer in int8 by oneDNN, with exact 32-bit sums. Needs a CPU with VNNI: on others torch computes it in a plain loop.</summary>
internal sealed class OneDnnInt8Linear : IPackedLinear
{
    private const string Script = """
        def product(input: Tensor, weight: Tensor, scale: Tensor, bias: Tensor):
            rows = input.abs().amax([1], True).clamp_min(1e-30).div_(127.0)
            sums = torch._int_mm(input.div(rows).round_().to(1), weight.t())
            return torch.addcmul(bias, sums.mul(rows), scale)

        """;

    private static readonly jit.CompilationUnit compiled = jit.compile(Script);

    private readonly Tensor weight;
    private readonly Tensor scale;
    private readonly Tensor bias;

    /// <param name="weight">int8 <c>[outputs, inputs]</c>; the product takes ownership of all three.</param>
    /// <param name="scale"><c>[outputs]</c></param>
    /// <param name="bias"><c>[outputs]</c></param>
    public OneDnnInt8Linear(Tensor weight, Tensor scale, Tensor bias) => (this.weight, this.scale, this.bias) = (weight, scale, bias);

    public Tensor Apply(Tensor input) => compiled.invoke<Tensor>("product", input, weight, scale, bias);

    public void Dispose()
    {
        weight.Dispose();
        scale.Dispose();
        bias.Dispose();
    }
}
