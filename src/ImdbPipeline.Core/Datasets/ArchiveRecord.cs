using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Datasets;

/// <summary><c>prepared/_archives/{archive}.json</c>: the result of ingesting an archive, valid for one ETag of the blob.</summary>
public sealed record ArchiveRecord
{
    public required string Archive { get; init; }

    public required string ETag { get; init; }

    public required ArchiveState State { get; init; }

    /// <summary>The resulting dataset; named after an earlier archive if the same content was ingested before.</summary>
    public string? Dataset { get; init; }

    public string? Version { get; init; }

    /// <summary>The broken rule, see <see cref="InputRejectedException.Rule"/>.</summary>
    public string? Rule { get; init; }

    /// <summary>Human-readable reason for the rejection.</summary>
    public string? Reason { get; init; }

    public required DateTimeOffset At { get; init; }
}

public enum ArchiveState
{
    Ingested,
    Rejected,
}
