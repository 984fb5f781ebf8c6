using Azure;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;

namespace ImdbPipeline.LocalHost.Blobs;

/// <summary>Looks up in storage which uploads were handled, so that a restarted host skips them.</summary>
public sealed class HandledUploads(PipelineStorage storage, ScorePlanStore plans)
{
    /// <summary>Whether this content of an archive, or of its settings, was ingested or rejected.</summary>
    public async Task<bool> IsIngestedAsync(string upload, ETag etag, CancellationToken cancellationToken) =>
        (await storage.Prepared.ReadJsonAsync<ArchiveRecord>(StorageLayout.ArchiveRecord(StorageLayout.ArchiveOf(upload)), cancellationToken))?.Value.IsFor(upload, etag) == true;

    /// <summary>Whether this content of an incoming file was rejected, or split into shards that are all queued.</summary>
    public async Task<bool> IsPlannedAsync(string file, ETag etag, CancellationToken cancellationToken) =>
        await plans.FindAsync(ScorePlanStore.Name(file, etag), cancellationToken) is { State: not ScorePlanState.Planned }
        || (IncomingFormat.IsSafeName(file) && (await storage.Scores.ReadJsonAsync<IncomingRejection>(StorageLayout.ScoreRejection(file), cancellationToken))?.Value.ETag == etag.Unquoted());
}
