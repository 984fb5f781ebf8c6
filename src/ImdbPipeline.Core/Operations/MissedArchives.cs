using Azure.Storage.Blobs.Models;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Storage;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.Core.Operations;

/// <summary>Ingests uploaded archives whose event never came: those without a record for their present content.</summary>
public sealed class MissedArchives(
    PipelineStorage storage, IngestArchive ingest, ReconcileTiming timing, TimeProvider time, ILogger<MissedArchives> log)
{
    public async Task HandleAsync(ReconcileRound round, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(round);
        var settled = time.GetUtcNow() - timing.Grace;
        await foreach (var blob in storage.Datasets.GetBlobsAsync(new GetBlobsOptions(), cancellationToken))
        {
            if (blob.Properties.LastModified > settled)
                continue;
            var subject = $"{StorageLayout.Datasets}/{blob.Name}";
            if (!await round.IsMissedAsync(subject, token => IsMissedAsync(blob, token), cancellationToken))
                continue;
            log.MissedBlob(StorageLayout.Datasets, blob.Name);
            if (!await round.TryAsync(subject, token => ingest(blob.Name, token), cancellationToken))
                return;
        }
    }

    private async Task<bool> IsMissedAsync(BlobItem blob, CancellationToken cancellationToken) =>
        (await storage.Prepared.ReadJsonAsync<ArchiveRecord>(StorageLayout.ArchiveRecord(blob.Name), cancellationToken))?.Value.ETag.Trim('"') != blob.Properties.ETag?.Plain();
}

/// <summary>Handles one uploaded archive as its event would.</summary>
/// <param name="archive">The blob's name in <c>datasets</c>.</param>
public delegate Task IngestArchive(string archive, CancellationToken cancellationToken);
