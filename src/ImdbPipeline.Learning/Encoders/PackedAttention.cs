using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace ImdbPipeline.Learning.Encoders;

/// <summary>Scaled dot-product attention within each row of a packed batch: one dense, unmasked call per group of equally long rows.</summary>
internal static class PackedAttention
{
    /// <param name="queries"><c>[tokens, dim]</c>, or <c>[rows, dim]</c> with only the first token of each row.</param>
    /// <param name="keys"><c>[tokens, dim]</c></param>
    /// <param name="values"><c>[tokens, dim]</c></param>
    /// <param name="masks">Null for no dropout.</param>
    /// <param name="dropout">Dropout probability for the attention weights.</param>
    /// <returns>Same shape as <paramref name="queries"/>, contiguous. Filler tokens are passed through unchanged.</returns>
    public static Tensor Of(Tensor queries, Tensor keys, Tensor values, TokenBatch batch, int heads, DropoutMasks? masks, double dropout)
    {
        // torch's fused kernel for the CPU has no dropout, and its fallback is several times as slow.
        if (masks is not null && dropout > 0 && queries.device_type == DeviceType.CPU)
            return DropoutAttention.Of(Float(queries), Float(keys), Float(values), batch, heads, dropout, masks.NextStream()).to(queries.dtype);
        long[] keyCounts = [.. batch.Groups.Select(group => (long)group.Count * group.Length), batch.Filler];
        long[] queryCounts = queries.shape[0] == keys.shape[0] ? keyCounts : [.. batch.Groups.Select(group => (long)group.Count), 0];
        var (q, k, v) = (queries.split(queryCounts, 0), keys.split(keyCounts, 0), values.split(keyCounts, 0));
        var contexts = batch.Groups.Select((group, g) =>
            scaled_dot_product_attention(Heads(q[g], group.Count, heads), Heads(k[g], group.Count, heads), Heads(v[g], group.Count, heads), p: masks is null ? 0 : dropout)
                .transpose(1, 2).reshape(queryCounts[g], queries.shape[1]));
        return cat([.. contexts, q[^1]], 0);
    }

    /// <param name="projected"><c>[rows * length, dim]</c></param>
    /// <returns><c>[rows, heads, length, dim / heads]</c></returns>
    private static Tensor Heads(Tensor projected, int rows, int heads) =>
        projected.view(rows, -1, heads, projected.shape[1] / heads).transpose(1, 2);

    private static Tensor Float(Tensor value) => value.to(ScalarType.Float32).contiguous();
}
