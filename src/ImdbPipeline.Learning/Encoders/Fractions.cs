using ImdbPipeline.Core.Runs;

namespace ImdbPipeline.Learning.Encoders;

/// <summary>How reviews longer than a row are read whole (Sun et al. 2019, hierarchical methods).</summary>
/// <param name="Pooling">How the rows' <c>[CLS]</c> become one.</param>
/// <param name="Length">Of a row at most, in word pieces, <c>[CLS]</c> and <c>[SEP]</c> included.</param>
public sealed record Fractions(FractionPooling Pooling, int Length);
