namespace ImdbPipeline.Core.Scoring;

/// <summary>What an incoming file may be, measured on the actual bytes, and how it is cut.</summary>
public sealed record ScoringLimits
{
    /// <summary>Reviews in a shard: seconds of work, so that many instances share a file and a lost one costs little.</summary>
    public int ShardRows { get; init; } = 512;

    /// <summary>A shard of long reviews ends earlier, so that it always fits into memory.</summary>
    public int ShardBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>A block blob is committed from at most 50,000 blocks, one a shard.</summary>
    public int MostShards { get; init; } = 50_000;

    /// <summary>A longer line is a bad row; a CSV with a longer row is refused, for its end cannot be told.</summary>
    public int MostLineBytes { get; init; } = 1024 * 1024;

    /// <summary>A longer review is a bad row: the longest known reviews have 15,000 characters.</summary>
    public int MostTextCharacters { get; init; } = 200_000;

    public int MostIdCharacters { get; init; } = 500;
}
