using Azure;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Storage;

namespace ImdbPipeline.Core.Uploads;

/// <summary><c>prepared/_archives/{archive}.json</c>: the result of ingesting an archive, valid for one ETag of it and of its settings.</summary>
public sealed record ArchiveRecord
{
    public required string Archive { get; init; }

    public required string ETag { get; init; }

    /// <summary>ETag of the settings next to the archive; null without settings.</summary>
    public string? SettingsETag { get; init; }

    public required ArchiveState State { get; init; }

    /// <summary>The resulting dataset; named after an earlier archive if the same content was ingested before.</summary>
    public string? Dataset { get; init; }

    public string? Version { get; init; }

    /// <summary>The broken rule, see <see cref="InputRejectedException.Rule"/>.</summary>
    public string? Rule { get; init; }

    /// <summary>Human-readable reason for the rejection.</summary>
    public string? Reason { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>Whether this is the result for the given version of the archive, or of the settings next to it.</summary>
    /// <remarks>Older versions recorded ETags with their quotation marks.</remarks>
    public bool IsFor(string upload, ETag? eTag) => ETag == UploadRecords.AnyVersion || (StorageLayout.IsUploadSettings(upload) ? SettingsETag : ETag)?.Trim('"') == eTag?.Unquoted();
}

public enum ArchiveState
{
    Ingested,
    Rejected,
}
