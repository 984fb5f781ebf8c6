namespace ImdbPipeline.Core.Runs;

/// <summary>How the <c>[CLS]</c> hidden states of a long text's fractions are pooled (Sun et al. 2019, hierarchical methods).</summary>
public enum FractionPooling
{
    /// <summary>No fractions: texts longer than the maximum length are truncated.</summary>
    None,

    Mean,

    Max,

    /// <summary>Mean weighted by learned self-attention.</summary>
    Attention,
}
