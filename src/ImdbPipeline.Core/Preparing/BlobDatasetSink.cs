using Azure;
using Azure.Storage.Blobs.Models;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Storage;

namespace ImdbPipeline.Core.Preparing;

/// <summary>
/// A data set version in the container <c>prepared</c>. Every write is create-only, so any number of writers of the same
/// version, killed or not, end with one version.
/// </summary>
public sealed class BlobDatasetSink(PipelineStorage storage, TimeProvider time) : IDatasetSink
{
    private string folder = "";

    public async Task<(string Dataset, DatasetManifest? Committed)> BeginAsync(string dataset, string version, string archive, CancellationToken cancellationToken)
    {
        var claimPath = StorageLayout.VersionClaim(version);
        var claim = new VersionClaim(dataset, version, archive, time.GetUtcNow());
        if (!await storage.Prepared.CreateJsonAsync(claimPath, claim, cancellationToken))
            claim = (await storage.Prepared.ReadJsonAsync<VersionClaim>(claimPath, cancellationToken))?.Value
                ?? throw new InvalidOperationException($"{claimPath} was there and is gone: somebody deletes data sets. Deliver the archive again.");
        folder = StorageLayout.DatasetFolder(claim.Dataset, version);
        var committed = await storage.Prepared.ReadJsonAsync<DatasetManifest>(StorageLayout.Manifest(claim.Dataset, version), cancellationToken);
        return (claim.Dataset, committed?.Value);
    }

    public async Task WriteAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var blob = storage.Prepared.GetBlobClient(folder + path);
        try
        {
            await blob.UploadAsync(new BinaryData(content), new BlobUploadOptions { Conditions = new() { IfNoneMatch = ETag.All } }, cancellationToken);
        }
        catch (RequestFailedException e) when (e.Status is 409 or 412)
        {
            // Names of shards hold their hash. The vocabulary's does not: a killed run of another program version may have left another one.
            var present = await blob.DownloadContentAsync(cancellationToken);
            if (!present.Value.Content.ToMemory().Span.SequenceEqual(content.Span))
                await blob.UploadAsync(
                    new BinaryData(content), new BlobUploadOptions { Conditions = new() { IfMatch = present.Value.Details.ETag } }, cancellationToken);
        }
    }

    public async Task<DatasetManifest> CommitAsync(DatasetManifest manifest, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        var path = StorageLayout.Manifest(manifest.Dataset, manifest.Version);
        if (await storage.Prepared.CreateJsonAsync(path, manifest, cancellationToken))
            return manifest;
        return (await storage.Prepared.ReadJsonAsync<DatasetManifest>(path, cancellationToken))?.Value
            ?? throw new InvalidOperationException($"{path} was there and is gone: somebody deletes data sets. Deliver the archive again.");
    }
}
