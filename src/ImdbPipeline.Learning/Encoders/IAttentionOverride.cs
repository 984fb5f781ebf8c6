using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Encoders;

/// <summary>Computes what some layers' attention would gather in a cheaper way.</summary>
public interface IAttentionOverride
{
    bool Covers(int layer);

    /// <param name="values"><c>[batch, length, dim]</c>, head after head.</param>
    /// <returns>What every position gathers, <c>[batch, length, dim]</c>.</returns>
    Tensor Gather(Tensor values, int layer);
}
