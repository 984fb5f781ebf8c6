namespace ImdbPipeline.Core.Datasets;

/// <summary><c>prepared/_archives/{archive}.json</c>: what became of one content of an uploaded archive.</summary>
public sealed record ArchiveRecord
{
    public required string Archive { get; init; }

    public required string ETag { get; init; }

    public required ArchiveState State { get; init; }

    public string? Dataset { get; init; }

    public string? Version { get; init; }

    public string? Rule { get; init; }

    public string? Reason { get; init; }

    public required DateTimeOffset At { get; init; }
}

public enum ArchiveState
{
    Ingested,
    Rejected,
}
