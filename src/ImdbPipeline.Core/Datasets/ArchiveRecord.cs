namespace ImdbPipeline.Core.Datasets;

/// <summary><c>prepared/_archives/{archive}.json</c>: what became of an uploaded archive. It holds for one ETag of the blob only.</summary>
public sealed record ArchiveRecord
{
    public required string Archive { get; init; }

    public required string ETag { get; init; }

    public required ArchiveState State { get; init; }

    /// <summary>The data set it became; the same content may have been known under another name.</summary>
    public string? Dataset { get; init; }

    public string? Version { get; init; }

    /// <summary>The rule it broke, see <see cref="InputRejectedException.Rule"/>.</summary>
    public string? Rule { get; init; }

    /// <summary>Why it was rejected, for people.</summary>
    public string? Reason { get; init; }

    public required DateTimeOffset At { get; init; }
}

public enum ArchiveState
{
    Ingested,
    Rejected,
}
