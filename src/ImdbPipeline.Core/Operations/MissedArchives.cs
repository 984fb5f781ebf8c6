using Azure.Storage.Blobs.Models;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Preparing;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Uploads;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.Core.Operations;

/// <summary>Ingests archives whose event was lost: those without a record for their current content.</summary>
public sealed class MissedArchives(
    PipelineStorage storage, IngestArchive ingest, ReconcileTiming timing, TimeProvider timeProvider, ILogger<MissedArchives> log)
{
    public async Task HandleAsync(ReconcileRound round, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(round);
        var cutoff = timeProvider.GetUtcNow() - timing.Grace;
        await foreach (var blob in storage.Datasets.GetBlobsAsync(new GetBlobsOptions { Traits = BlobTraits.Metadata }, cancellationToken))
        {
            if (blob.Properties.LastModified > cutoff)
                continue;
            var subject = $"{StorageLayout.Datasets}/{blob.Name}";
            if (!await round.CheckAsync(subject, token => IsMissedAsync(blob, token), cancellationToken))
                continue;
            log.MissedBlob(StorageLayout.Datasets, blob.Name);
            if (!await round.TryAsync(subject, token => ingest(blob.Name, token), cancellationToken))
                return;
        }
    }

    private async Task<bool> IsMissedAsync(BlobItem blob, CancellationToken cancellationToken)
    {
        if (await storage.FindArchiveRecordAsync(blob.Name, blob.Properties.ETag, cancellationToken) is not null)
            return false;
        // Settings wait for their archive.
        return !StorageLayout.IsUploadSettings(blob.Name) || (!blob.Metadata.ContainsKey(UploadSettings.ForNextArchive) && await storage.FindArchiveRecordAsync(blob.Name, etag: null, cancellationToken) is not null);
    }
}

/// <summary>Handles an uploaded archive in the same way as its event.</summary>
/// <param name="archive">Blob name in <c>datasets</c>.</param>
public delegate Task IngestArchive(string archive, CancellationToken cancellationToken);
