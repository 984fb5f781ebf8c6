using ImdbPipeline.Learning.Encoders;
using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Inferring;

/// <summary>One transformer layer, prepared for scoring.</summary>
/// <param name="projections">Query, key and value in one product; in the last layer, query alone, then key and value in one.</param>
internal sealed class ScoringLayer(
    IPackedLinear[] projections, IPackedLinear output, ScoringNorm attentionNorm, FeedForward feedForward, ScoringNorm feedForwardNorm,
    EncoderConfig config) : IDisposable
{
    /// <param name="hidden"><c>[tokens, dim]</c></param>
    /// <returns><c>[tokens, dim]</c>; for the last layer <c>[rows, dim]</c>, the first token of each row.</returns>
    public Tensor Forward(Tensor hidden, TokenBatch batch)
    {
        using var scope = NewDisposeScope();
        var residual = projections.Length == 1 ? hidden : hidden.index_select(0, batch.Starts);
        Tensor[] parts = projections is [var all] ? all.Apply(hidden).chunk(3, 1) : [projections[0].Apply(residual), .. projections[1].Apply(hidden).chunk(2, 1)];
        var context = PackedAttention.Of(parts[0], parts[1], parts[2], batch, config.Heads, dropout: 0);
        var attended = attentionNorm.Apply(output.Apply(context).add_(residual));
        return feedForwardNorm.Apply(feedForward.Apply(attended).add_(attended)).MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        foreach (var part in (IDisposable[])[.. projections, output, attentionNorm, feedForward, feedForwardNorm])
            part.Dispose();
    }
}
