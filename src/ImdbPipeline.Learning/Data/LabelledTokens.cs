namespace ImdbPipeline.Learning.Data;

/// <param name="TokenIds"><c>[texts][length]</c></param>
/// <param name="Labels"><c>[texts]</c></param>
/// <param name="Movies"><c>[texts]</c>: the movie (group) of each text; null if unknown.</param>
public sealed record LabelledTokens(IReadOnlyList<int[]> TokenIds, IReadOnlyList<int> Labels, IReadOnlyList<string?> Movies)
{
    public static LabelledTokens None { get; } = new([], [], []);
}
