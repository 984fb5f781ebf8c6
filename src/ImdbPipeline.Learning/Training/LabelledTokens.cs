namespace ImdbPipeline.Learning.Training;

/// <param name="TokenIds"><c>[reviews][length]</c>, cut to the model's length.</param>
/// <param name="Labels"><c>[reviews]</c></param>
public sealed record LabelledTokens(IReadOnlyList<int[]> TokenIds, IReadOnlyList<int> Labels);
