using ImdbPipeline.Learning.ModelFolders;

namespace ImdbPipeline.Learning.Data;

/// <param name="TokenIds"><c>[texts][length]</c></param>
/// <param name="Labels"><c>[texts]</c></param>
/// <param name="Movies"><c>[texts]</c>: the movie (group) of each text; null if unknown.</param>
public sealed record LabelledTokens(IReadOnlyList<int[]> TokenIds, IReadOnlyList<int> Labels, IReadOnlyList<string?> Movies)
{
    public static LabelledTokens None { get; } = new([], [], []);

    /// <summary><c>[texts]</c>: a hash of each text, the same on every machine; empty except for the validation split.</summary>
    public IReadOnlyList<ulong> Hashes { get; init; } = [];

    public LabelledTokens Truncated(TextPreprocessing treatment)
    {
        ArgumentNullException.ThrowIfNull(treatment);
        return this with { TokenIds = [.. TokenIds.Select(treatment.Truncate)] };
    }

    /// <param name="positions">The texts to keep.</param>
    public LabelledTokens Part(IReadOnlyList<int> positions)
    {
        ArgumentNullException.ThrowIfNull(positions);
        return new LabelledTokens([.. positions.Select(i => TokenIds[i])], [.. positions.Select(i => Labels[i])], Movies.Count == 0 ? [] : [.. positions.Select(i => Movies[i])])
        {
            Hashes = Hashes.Count == 0 ? [] : [.. positions.Select(i => Hashes[i])],
        };
    }
}
