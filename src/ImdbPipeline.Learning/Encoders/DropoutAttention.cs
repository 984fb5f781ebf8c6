using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Encoders;

/// <summary>
/// Scaled dot-product attention with dropout on the CPU, for which torch has no fused kernel. As in flash attention (Dao et al. 2022),
/// weights are computed for one row at a time, within the cache, and computed again in the backward pass instead of being kept.
/// </summary>
internal sealed class DropoutAttention : autograd.SingleTensorFunction<DropoutAttention>
{
    public override string Name => nameof(DropoutAttention);

    /// <param name="queries">float32 <c>[tokens, dim]</c>, or <c>[rows, dim]</c> with only the first token of each row.</param>
    /// <param name="keys">float32 <c>[tokens, dim]</c></param>
    /// <param name="values">float32 <c>[tokens, dim]</c></param>
    /// <param name="stream">Seed of the dropout mask.</param>
    /// <returns>Same shape as <paramref name="queries"/>. Filler tokens are passed through unchanged.</returns>
    public static Tensor Of(Tensor queries, Tensor keys, Tensor values, TokenBatch batch, int heads, double dropout, ulong stream) =>
        apply(queries, keys, values, new Layout(batch, heads, queries.shape[0] < keys.shape[0]), new Masks(stream, dropout));

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var (queries, keys, values) = (Kept(vars[0]), Kept(vars[1]), Kept(vars[2]));
        var (layout, masks) = ((Layout)vars[3], (Masks)vars[4]);
        var sums = new (float Largest, float Inverse)[layout.Heads * queries.shape[0]];
        var contexts = queries.clone();
        foreach (var row in layout.Rows)
        {
            using var part = NewDisposeScope();
            var weights = layout.Queries(queries, row).bmm(layout.Keys(keys, row).transpose(1, 2));
            AttentionWeights.Forward(weights, layout.Scale(queries), sums.AsMemory(layout.Heads * row.Query), masks.Row(row.Index));
            layout.Queries(contexts, row).copy_(weights.bmm(layout.Keys(values, row)));
        }
        ctx.save_data(nameof(Saved), new Saved(queries, keys, values, layout, masks, sums));
        return contexts.MoveToOuterDisposeScope();

        // The caller may dispose its handles before the backward pass.
        static Tensor Kept(object input) => ((Tensor)input).detach().DetachFromDisposeScope();
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var saved = (Saved)ctx.get_data(nameof(Saved));
        var layout = saved.Layout;
        Tensor queries = grad_output.clone(), keys = zeros_like(saved.Keys), values = zeros_like(saved.Keys);
        foreach (var row in layout.Rows)
        {
            using var part = NewDisposeScope();
            var (q, k, v, g) = (layout.Queries(saved.Queries, row), layout.Keys(saved.Keys, row), layout.Keys(saved.Values, row), layout.Queries(grad_output, row));
            var weights = q.bmm(k.transpose(1, 2));
            var scores = g.bmm(v.transpose(1, 2));
            AttentionWeights.Backward(weights, scores, layout.Scale(q), saved.Sums.AsMemory(layout.Heads * row.Query), saved.Masks.Row(row.Index));
            layout.Queries(queries, row).copy_(scores.bmm(k));
            layout.Keys(keys, row).copy_(scores.transpose(1, 2).bmm(q));
            layout.Keys(values, row).copy_(weights.transpose(1, 2).bmm(g));
        }
        return [queries.MoveToOuterDisposeScope(), keys.MoveToOuterDisposeScope(), values.MoveToOuterDisposeScope(), null!, null!];
    }

    private readonly record struct Row(int Index, int Query, int QueryCount, int Key, int Length);

    internal sealed record Masks(ulong Stream, double Dropout)
    {
        private const int MaxHeads = 1 << 16;

        /// <returns>The mask of a row's first head; the next head has the next stream.</returns>
        public RowMasks Row(int index) => new(Stream + ((ulong)index * MaxHeads), Dropout);
    }

    private sealed record Layout(TokenBatch Batch, int Heads, bool FirstTokenOnly)
    {
        public IEnumerable<Row> Rows
        {
            get
            {
                var (index, key) = (0, 0);
                foreach (var (count, length) in Batch.Groups)
                    for (var i = 0; i < count; i++, index++, key += length)
                        yield return FirstTokenOnly ? new Row(index, index, 1, key, length) : new Row(index, key, length, key, length);
            }
        }

        /// <returns><c>[heads, queries, dim / heads]</c>, a view.</returns>
        public Tensor Queries(Tensor tokens, Row row) => View(tokens, row.Query, row.QueryCount);

        /// <returns><c>[heads, length, dim / heads]</c>, a view.</returns>
        public Tensor Keys(Tensor tokens, Row row) => View(tokens, row.Key, row.Length);

        public float Scale(Tensor queries) => (float)(1 / Math.Sqrt(queries.shape[^1] / (queries.dim() == 2 ? Heads : 1)));

        private Tensor View(Tensor tokens, int start, int count) => tokens.narrow(0, start, count).view(count, Heads, -1).transpose(0, 1);
    }

    /// <summary>What the backward pass needs.</summary>
    private sealed record Saved(Tensor Queries, Tensor Keys, Tensor Values, Layout Layout, Masks Masks, (float Largest, float Inverse)[] Sums) : IDisposable
    {
        public void Dispose()
        {
            Queries.Dispose();
            Keys.Dispose();
            Values.Dispose();
        }
    }
}
