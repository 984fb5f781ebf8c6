using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Encoders;

/// <summary>Computes what some layers' attention would gather in a cheaper way.</summary>
public interface IAttentionOverride
{
    bool Covers(int layer);

    /// <param name="values"><c>[tokens, dim]</c> in the batch's order, head after head.</param>
    /// <returns>What every token gathers, <c>[tokens, dim]</c>.</returns>
    Tensor Gather(Tensor values, TokenBatch batch, int layer);
}
