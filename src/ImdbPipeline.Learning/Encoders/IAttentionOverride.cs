using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Encoders;

/// <summary>Replaces the attention of some layers with a cheaper computation.</summary>
public interface IAttentionOverride
{
    bool Covers(int layer);

    /// <param name="values"><c>[tokens, dim]</c> in batch order, heads concatenated.</param>
    /// <returns>The attention context of each token, <c>[tokens, dim]</c>.</returns>
    Tensor Gather(Tensor values, TokenBatch batch, int layer);
}
