using System.Numerics.Tensors;
using System.Runtime.Intrinsics.X86;
using ImdbPipeline.Learning.Foundation;
using TorchSharp;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace ImdbPipeline.Learning.Inferring;

/// <summary>A dense layer in int8 by FBGEMM, for x64 CPUs without VNNI.</summary>
internal sealed class FbgemmInt8Linear : IPackedLinear
{
    private const string Script = """
        def pack(weight: Tensor):
            return torch.fbgemm_pack_quantized_matrix(weight), weight.to(3).sum([1], False, dtype=3)

        def product(input: Tensor, weight: Tensor, packed: Tensor, columns: Tensor, zeros: Tensor):
            return torch.fbgemm_linear_int8_weight_fp32_activation(input, weight, packed, columns, 1.0, 0, zeros)

        """;

    // Without VNNI the sum of two products has 16 bits: 255 × 127 twice would overflow, 128 × 127 twice does not. With this range
    // the scale is 1/64 and the values from -1 to 1 become 0 to 128.
    private const float Min = -1, Max = 191f / 64;

    // A row of zeros must not be divided by zero.
    private const float Smallest = 1e-30f;

    private static readonly jit.CompilationUnit compiled = jit.compile(Script);

    // torch warns that it may remove these kernels; if it does, compiling the script fails.
    static FbgemmInt8Linear() => TorchEnvironment.HideWarnings();

    private delegate void RowAction(int row, ReadOnlySpan<float> from, Span<float> to);

    private readonly Tensor weight, packed, columns, zeros, range;
    private readonly float[] scale, bias;

    /// <inheritdoc cref="OneDnnInt8Linear(Tensor, Tensor, Tensor)"/>
    public FbgemmInt8Linear(Tensor weight, Tensor scale, Tensor bias)
    {
        this.weight = weight;
        using var scope = NewDisposeScope();
        (packed, columns) = compiled.invoke<(Tensor, Tensor)>("pack", weight);
        (packed, columns) = (packed.DetachFromDisposeScope(), columns.DetachFromDisposeScope());
        zeros = zeros_like(bias).DetachFromDisposeScope();
        range = torch.zeros(weight.shape[1]).DetachFromDisposeScope();
        (range[0], range[1]) = (Min, Max);
        using (scale)
        using (bias)
            (this.scale, this.bias) = (scale.data<float>().ToArray(), bias.data<float>().ToArray());
    }

    public static bool IsSupported => Avx2.IsSupported;

    public Tensor Apply(Tensor input)
    {
        using var scope = NewDisposeScope();
        var (count, inputs, outputs) = ((int)input.shape[0], (int)input.shape[1], scale.Length);
        // FBGEMM quantizes the whole input with one scale. Rows are therefore divided by their largest value first, and a last row
        // fixes the range, so that a text's logits do not depend on the rest of its batch.
        var scaled = empty(count + 1, inputs);
        var largest = new float[count];
        ForEachRow(input.contiguous(), scaled, count, (row, from, to) =>
        {
            largest[row] = Math.Max(Math.Abs(TensorPrimitives.MaxMagnitude<float>(from)), Smallest);
            TensorPrimitives.Divide(from, largest[row], to);
        });
        scaled[count] = range;

        var sums = compiled.invoke<Tensor>("product", scaled, weight, packed, columns, zeros).narrow(0, 0, count);
        ForEachRow(sums, sums, count, (row, from, to) =>
        {
            TensorPrimitives.Multiply(from, largest[row], to);
            TensorPrimitives.MultiplyAdd(to, scale, bias, to);
        });
        return sums.MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        foreach (var tensor in (Tensor[])[weight, packed, columns, zeros, range])
            tensor.Dispose();
    }

    private static unsafe void ForEachRow(Tensor source, Tensor target, int rows, RowAction action)
    {
        var length = (int)source.shape[1];
        fixed (byte* sourceStart = source.bytes, targetStart = target.bytes)
        {
            var (from, to) = ((nint)sourceStart, (nint)targetStart);
            Parallel.For(0, rows, new ParallelOptions { MaxDegreeOfParallelism = get_num_threads() }, row =>
                action(row, new ReadOnlySpan<float>((float*)from + ((long)row * length), length), new Span<float>((float*)to + ((long)row * length), length)));
        }
    }
}
