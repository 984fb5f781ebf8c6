using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Inferring;

/// <summary>
/// A dense layer in int8 with exact 32-bit sums. Weights are quantized symmetrically per output, activations per token,
/// so a text's logits do not depend on the rest of its batch.
/// </summary>
internal sealed class Int8Linear : IPackedLinear
{
    private const string Script = """
        def quantize(rows: Tensor):
            scale = rows.abs().amax([1], True).clamp_min(1e-30).div_(127.0)
            return rows.div(scale).round_().to(1), scale

        def product(input: Tensor, weight: Tensor, scale: Tensor, bias: Tensor):
            rows = input.abs().amax([1], True).clamp_min(1e-30).div_(127.0)
            sums = torch._int_mm(input.div(rows).round_().to(1), weight.t())
            return torch.addcmul(bias, sums.mul(rows), scale)

        """;

    private static readonly jit.CompilationUnit compiled = jit.compile(Script);

    private readonly Tensor weight;
    private readonly Tensor scale;
    private readonly Tensor bias;

    /// <param name="weight"><c>[outputs, inputs]</c>, copied.</param>
    /// <param name="bias"><c>[outputs]</c>; the product takes ownership.</param>
    public Int8Linear(Tensor weight, Tensor bias)
    {
        var (values, scales) = compiled.invoke<(Tensor, Tensor)>("quantize", weight);
        this.weight = values.DetachFromDisposeScope();
        using (scales)
            scale = scales.squeeze(1).DetachFromDisposeScope();
        this.bias = bias;
    }

    public Tensor Apply(Tensor input) => compiled.invoke<Tensor>("product", input, weight, scale, bias);

    public void Dispose()
    {
        weight.Dispose();
        scale.Dispose();
        bias.Dispose();
    }
}
