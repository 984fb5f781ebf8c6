using ImdbPipeline.Core.Runs;

namespace ImdbPipeline.Learning.Encoders;

/// <summary>How a text longer than one row is split into rows and read in full (Sun et al. 2019, hierarchical methods).</summary>
/// <param name="Pooling">How the <c>[CLS]</c> vectors of the rows are combined.</param>
/// <param name="Length">Maximum row length in tokens, including <c>[CLS]</c> and <c>[SEP]</c>.</param>
public sealed record Fractions(FractionPooling Pooling, int Length);
