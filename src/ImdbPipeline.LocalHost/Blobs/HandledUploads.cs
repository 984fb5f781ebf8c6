using Azure;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;

namespace ImdbPipeline.LocalHost.Blobs;

/// <summary>What storage says about uploads, so that a restarted host does not handle everything again.</summary>
public sealed class HandledUploads(PipelineStorage storage, ScorePlanStore plans)
{
    /// <summary>Whether this content of an archive was ingested or refused.</summary>
    public async Task<bool> IsIngestedAsync(string archive, ETag etag, CancellationToken cancellationToken) =>
        (await storage.Prepared.ReadJsonAsync<ArchiveRecord>(StorageLayout.ArchiveRecord(archive), cancellationToken))?.Value.ETag.Trim('"') == etag.Plain();

    /// <summary>Whether this content of an incoming file was cut into shards that are all queued, or refused.</summary>
    public async Task<bool> IsPlannedAsync(string file, ETag etag, CancellationToken cancellationToken) =>
        await plans.FindAsync(ScorePlanStore.Name(file, etag), cancellationToken) is { State: not ScorePlanState.Planned }
        || (IncomingFormat.IsPlain(file) && (await storage.Scores.ReadJsonAsync<IncomingRejection>(StorageLayout.ScoreRejection(file), cancellationToken))?.Value.ETag == etag.Plain());
}
