namespace ImdbPipeline.Learning.Training;

/// <param name="TokenIds"><c>[reviews][length]</c></param>
/// <param name="Labels"><c>[reviews]</c></param>
/// <param name="Movies"><c>[reviews]</c>: what each is about, null where the source does not tell.</param>
public sealed record LabelledTokens(IReadOnlyList<int[]> TokenIds, IReadOnlyList<int> Labels, IReadOnlyList<string?> Movies)
{
    public static LabelledTokens None { get; } = new([], [], []);
}
