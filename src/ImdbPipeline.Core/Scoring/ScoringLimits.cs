namespace ImdbPipeline.Core.Scoring;

/// <summary>Limits for incoming files, checked on the actual bytes, and the size of their shards.</summary>
public sealed record ScoringLimits
{
    /// <summary>Rows per shard: seconds of work, so that many instances can share a file and a lost one costs little.</summary>
    public int ShardRows { get; init; } = 512;

    /// <summary>A shard ends early at this size, so that it always fits into memory.</summary>
    public int ShardBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>A block blob has at most 50,000 blocks, and each shard is one block.</summary>
    public int MaxShards { get; init; } = 50_000;

    /// <summary>A longer line is a bad row; a JSON array with a longer element is rejected.</summary>
    public int MaxLineBytes { get; init; } = 1024 * 1024;

    /// <summary>A longer text is a bad row; the longest IMDb reviews have 15,000 characters.</summary>
    public int MaxTextCharacters { get; init; } = 200_000;

    public int MaxIdCharacters { get; init; } = 500;

    /// <summary>Checks a text in the same way, wherever it comes from.</summary>
    /// <param name="damage">What was expected and found if the text could not be read.</param>
    /// <returns>The row, with its error if it cannot be scored.</returns>
    internal IncomingRow Check(int row, string? id, string? text, (string Expected, string Found)? damage = null) =>
        FindFault(id, text, damage) is var (expected, found)
            ? new IncomingRow(row, id?.Length > MaxIdCharacters ? null : id, null, $"expected {expected}, found {found}")
            : new IncomingRow(row, id, text, null);

    /// <returns>What was expected and found; null if the text can be scored.</returns>
    internal (string Expected, string Found)? FindFault(string? id, string? text, (string Expected, string Found)? damage)
    {
        if (id?.Length > MaxIdCharacters)
            return ($"an id of at most {MaxIdCharacters} characters", $"{id.Length}");
        if (damage is not null)
            return damage;
        if (string.IsNullOrWhiteSpace(text))
            return ("a text", "an empty one");
        return text.Length > MaxTextCharacters ? ($"a text of at most {MaxTextCharacters} characters", $"{text.Length}") : null;
    }
}
