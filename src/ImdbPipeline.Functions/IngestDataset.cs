using Azure.Storage.Blobs;
using ImdbPipeline.Core.Preparing;
using ImdbPipeline.Core.Storage;
using Microsoft.Azure.Functions.Worker;

namespace ImdbPipeline.Functions;

/// <summary>An archive was uploaded: it becomes a prepared data set, or is refused with its reason.</summary>
public sealed class IngestDataset(IngestDatasetHandler handler)
{
    // A BlobClient is a small reference; string or byte[] would carry the whole archive through the host.
    [Function(nameof(IngestDataset))]
    public Task RunAsync([BlobTrigger(StorageLayout.DatasetsTrigger)] BlobClient archive, CancellationToken cancellationToken) =>
        handler.HandleAsync(archive.Name, cancellationToken);
}
