namespace ImdbPipeline.Core.Archives;

/// <summary>How much an archive may contain. Measured on the actual bytes, never on what a header claims.</summary>
public sealed record ArchiveLimits
{
    public static ArchiveLimits Default { get; } = new();

    /// <summary>The archive itself, packed.</summary>
    public long MaxArchiveBytes { get; init; } = 8L << 30;

    /// <summary>Everything in it, unpacked.</summary>
    public long MaxUnpackedBytes { get; init; } = 16L << 30;

    /// <summary>One member, unpacked.</summary>
    public long MaxMemberBytes { get; init; } = 8L << 30;

    /// <summary>Unpacked to packed bytes; text packs 3 to 10 times, a tar of tiny files perhaps 30 times.</summary>
    public double MaxRatio { get; init; } = 100;

    /// <summary>The ratio of less than this many unpacked bytes is not judged.</summary>
    public long MinJudgedBytes { get; init; } = 16L << 20;

    /// <summary>Files and folders: more than <see cref="MaxReviews"/>, so that as many reviews may be files of their own.</summary>
    public int MaxMembers { get; init; } = 2_100_000;

    /// <summary>A member's path, in characters.</summary>
    public int MaxNameLength { get; init; } = 1024;

    public int MaxReviews { get; init; } = 2_000_000;

    /// <summary>One review, in bytes of UTF-8.</summary>
    public int MaxReviewBytes { get; init; } = 1 << 20;

    /// <summary>One row of a table, in characters.</summary>
    public int MaxRowLength { get; init; } = 4 << 20;

    /// <summary>Different labels; more of them are a column of texts, not of labels.</summary>
    public int MaxLabels { get; init; } = 1000;
}
