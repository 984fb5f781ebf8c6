using System.Collections.Concurrent;
using ImdbPipeline.Learning.Foundation;
using TorchSharp;
using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Encoders;

/// <summary>A dense layer whose forward and backward products are computed by oneDNN.</summary>
internal sealed class OneDnnDense : autograd.SingleTensorFunction<OneDnnDense>
{
    private const string Script = """
        def product(input: Tensor, weight: Tensor):
            return torch.mkldnn_linear(input.to_mkldnn(), weight.to_mkldnn()).to_dense()

        def biased(input: Tensor, weight: Tensor, bias: Tensor):
            return torch.mkldnn_linear(input.to_mkldnn(), weight.to_mkldnn(), bias).to_dense()

        """;

    // With fewer rows, arranging the weights takes longer than multiplying them.
    private const int MinRows = 256;

    private const int Tile = 16;

    private static readonly jit.CompilationUnit compiled = jit.compile(Script);

    private static readonly ConcurrentDictionary<(long Outputs, long Inputs), bool> correct = new();

    public override string Name => nameof(OneDnnDense);

    /// <param name="input"><c>[rows, inputs]</c></param>
    /// <param name="weight"><c>[outputs, inputs]</c></param>
    /// <returns>Whether oneDNN computes correct products of these shapes on this machine.</returns>
    public static bool Serves(Tensor input, Tensor weight) =>
        input.dim() == 2 && input.shape[0] >= MinRows && weight.device_type == DeviceType.CPU && weight.dtype == ScalarType.Float32
        && OneDnn.Fits(weight.shape[0], weight.shape[1]) && OneDnn.Fits(weight.shape[1], weight.shape[0])
        && correct.GetOrAdd((weight.shape[0], weight.shape[1]), shape => IsCorrect(shape.Outputs, shape.Inputs));

    /// <param name="input">float32 <c>[rows, inputs]</c></param>
    /// <param name="weight">float32 <c>[outputs, inputs]</c></param>
    /// <param name="bias">float32 <c>[outputs]</c></param>
    /// <returns><c>[rows, outputs]</c></returns>
    public static Tensor Of(Tensor input, Tensor weight, Tensor bias) => apply(input, weight, bias);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        using var noGrad = no_grad();
        var (input, weight, bias) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2]);
        // The caller may dispose its handles before the backward pass.
        ctx.save_data(nameof(Saved), new Saved(input.detach().DetachFromDisposeScope(), weight.detach().DetachFromDisposeScope()));
        return compiled.invoke<Tensor>("biased", input, weight, bias);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var saved = (Saved)ctx.get_data(nameof(Saved));
        var gradient = grad_output.contiguous();
        return [Product(gradient, Transposed(saved.Weight)), Product(Transposed(gradient), Transposed(saved.Input)), gradient.sum(dim: 0).MoveToOuterDisposeScope()];

        static Tensor Product(Tensor input, Tensor weight) => compiled.invoke<Tensor>("product", input, weight).MoveToOuterDisposeScope();
    }

    /// <param name="matrix">float32 <c>[rows, columns]</c></param>
    /// <returns><c>[columns, rows]</c>, followed by zeros up to a multiple of the rows that oneDNN needs. Torch transposes on one thread only.</returns>
    private static unsafe Tensor Transposed(Tensor matrix)
    {
        var (rows, columns) = ((int)matrix.shape[0], (int)matrix.shape[1]);
        var stride = (rows + OneDnn.InputBlock - 1) / OneDnn.InputBlock * OneDnn.InputBlock;
        var transposed = stride == rows ? empty(columns, stride) : zeros(columns, stride);
        fixed (byte* sourceStart = matrix.bytes, targetStart = transposed.bytes)
        {
            var (source, target) = ((nint)sourceStart, (nint)targetStart);
            Parallel.For(0, (rows + Tile - 1) / Tile, new ParallelOptions { MaxDegreeOfParallelism = get_num_threads() }, tile =>
            {
                float* from = (float*)source, to = (float*)target;
                int first = tile * Tile, end = Math.Min(first + Tile, rows);
                for (var column = 0; column < columns; column++)
                    for (var row = first; row < end; row++)
                        to[((long)column * stride) + row] = from[((long)row * columns) + column];
            });
        }
        return transposed;
    }

    private static bool IsCorrect(long outputs, long inputs)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1, CPU);
        Tensor weight = randn([outputs, inputs], generator: generator), bias = randn([outputs], generator: generator);
        // oneDNN chooses different blocks for few rows and for many: check both.
        foreach (var rows in (long[])[MinRows, 2051])
        {
            Tensor input = randn([rows, inputs], generator: generator), gradient = randn([rows, outputs], generator: generator);
            if (!Results(Of).Zip(Results(nn.functional.linear)).All(pair => ((pair.First - pair.Second).abs().max() / pair.Second.abs().max()).item<float>() < OneDnn.Tolerance))
                return false;

            Tensor[] Results(Func<Tensor, Tensor, Tensor, Tensor> dense)
            {
                using var grad = enable_grad();
                Tensor[] leaves = [.. new[] { input, weight, bias }.Select(tensor => tensor.detach().requires_grad_())];
                var output = dense(leaves[0], leaves[1], leaves[2]);
                output.backward([gradient]);
                return [output.detach(), .. leaves.Select(leaf => leaf.grad!)];
            }
        }
        return true;
    }

    /// <summary>What the backward pass needs.</summary>
    private sealed record Saved(Tensor Input, Tensor Weight) : IDisposable
    {
        public void Dispose()
        {
            Input.Dispose();
            Weight.Dispose();
        }
    }
}
