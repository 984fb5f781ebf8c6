namespace ImdbPipeline.Core.Training;

/// <summary>How the <c>[CLS]</c> of a long review's fractions become one (Sun et al. 2019, hierarchical methods).</summary>
public enum FractionPooling
{
    /// <summary>Reviews longer than the maximum length are cut instead.</summary>
    None,

    Mean,

    Max,

    /// <summary>A mean weighted by learned self-attention.</summary>
    Attention,
}
