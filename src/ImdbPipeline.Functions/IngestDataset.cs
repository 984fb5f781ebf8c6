using Azure.Storage.Blobs;
using ImdbPipeline.Core.Preparing;
using ImdbPipeline.Core.Storage;
using Microsoft.Azure.Functions.Worker;

namespace ImdbPipeline.Functions;

/// <summary>Prepares a dataset from an uploaded archive, or rejects the archive with a reason.</summary>
public sealed class IngestDataset(IngestDatasetHandler handler)
{
    // A BlobClient is only a reference; binding to string or byte[] would send the whole archive through the host.
    [Function(nameof(IngestDataset))]
    public Task RunAsync([BlobTrigger(StorageLayout.DatasetsTrigger)] BlobClient archive, CancellationToken cancellationToken) =>
        handler.HandleAsync(archive.Name, cancellationToken);
}
