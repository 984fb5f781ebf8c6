namespace ImdbPipeline.Core.Archives;

/// <summary>Limits of an archive, enforced on the actual bytes instead of the sizes in headers.</summary>
public sealed record ArchiveLimits
{
    public static ArchiveLimits Default { get; } = new();

    /// <summary>Size of the archive file, in bytes.</summary>
    public long MaxArchiveBytes { get; init; } = 8L << 30;

    /// <summary>Total uncompressed size, in bytes.</summary>
    public long MaxUnpackedBytes { get; init; } = 16L << 30;

    /// <summary>Uncompressed size of one member, in bytes.</summary>
    public long MaxMemberBytes { get; init; } = 8L << 30;

    /// <summary>Uncompressed to compressed size; text compresses 3 to 10 times, a tar of tiny files about 30 times.</summary>
    public double MaxRatio { get; init; } = 100;

    /// <summary>The ratio is only checked above this many uncompressed bytes.</summary>
    public long MinBytesForRatioCheck { get; init; } = 16L << 20;

    /// <summary>Number of files and folders; above <see cref="MaxTexts"/>, so that every text may be a separate file.</summary>
    public int MaxMembers { get; init; } = 2_100_000;

    /// <summary>Length of a member's path, in characters.</summary>
    public int MaxNameLength { get; init; } = 1024;

    public int MaxTexts { get; init; } = 2_000_000;

    /// <summary>Size of one text, in bytes of UTF-8.</summary>
    public int MaxTextBytes { get; init; } = 1 << 20;

    /// <summary>Length of one table row, in characters.</summary>
    public int MaxRowLength { get; init; } = 4 << 20;

    /// <summary>Number of distinct labels; more suggest a column of texts instead of labels.</summary>
    public int MaxLabels { get; init; } = 1000;

    /// <summary>Length of a label, in characters.</summary>
    public int MaxLabelLength { get; init; } = 200;
}
