using System.Runtime.Intrinsics.X86;
using ImdbPipeline.Learning.Foundation;
using TorchSharp;
using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Inferring;

/// <summary>A dense layer in int8 by FBGEMM, for x64 CPUs without VNNI.</summary>
internal sealed class FbgemmInt8Linear : IPackedLinear
{
    // FBGEMM quantizes the whole input with one scale. Rows are therefore divided by their largest value first, and a last row
    // fixes the range, so that a text's logits do not depend on the rest of its batch.
    private const string Script = """
        def pack(weight: Tensor):
            return torch.fbgemm_pack_quantized_matrix(weight), weight.to(3).sum([1], False, dtype=3)

        def product(input: Tensor, weight: Tensor, packed: Tensor, columns: Tensor, scale: Tensor, bias: Tensor, zeros: Tensor, range: Tensor):
            n = input.size(0)
            rows = input.abs().amax([1], True).clamp_min_(1e-30)
            scaled = torch.empty([n + 1, input.size(1)])
            torch.div(input, rows, out=scaled.narrow(0, 0, n))
            scaled[n] = range
            sums = torch.fbgemm_linear_int8_weight_fp32_activation(scaled, weight, packed, columns, 1.0, 0, zeros).narrow(0, 0, n)
            return torch.addcmul(bias, sums.mul_(rows), scale)

        """;

    // Without VNNI the sum of two products has 16 bits: 255 × 127 twice would overflow, 128 × 127 twice does not. With this range
    // the scale is 1/64 and the values from -1 to 1 become 0 to 128.
    private const float Min = -1, Max = 191f / 64;

    private static readonly jit.CompilationUnit compiled = jit.compile(Script);

    // torch warns that it may remove these kernels; if it does, compiling the script fails.
    static FbgemmInt8Linear() => TorchEnvironment.HideWarnings();

    private readonly Tensor weight, packed, columns, scale, bias, zeros, range;

    /// <inheritdoc cref="OneDnnInt8Linear(Tensor, Tensor, Tensor)"/>
    public FbgemmInt8Linear(Tensor weight, Tensor scale, Tensor bias)
    {
        (this.weight, this.scale, this.bias) = (weight, scale, bias);
        using var scope = NewDisposeScope();
        (packed, columns) = compiled.invoke<(Tensor, Tensor)>("pack", weight);
        (packed, columns) = (packed.DetachFromDisposeScope(), columns.DetachFromDisposeScope());
        zeros = zeros_like(bias).DetachFromDisposeScope();
        range = torch.zeros(weight.shape[1]).DetachFromDisposeScope();
        range[0] = Min;
        range[1] = Max;
    }

    public static bool IsSupported => Avx2.IsSupported;

    public Tensor Apply(Tensor input) => compiled.invoke<Tensor>("product", input, weight, packed, columns, scale, bias, zeros, range);

    public void Dispose()
    {
        foreach (var tensor in (Tensor[])[weight, packed, columns, scale, bias, zeros, range])
            tensor.Dispose();
    }
}
