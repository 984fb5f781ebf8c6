using Azure;
using Azure.Storage.Blobs.Models;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Storage;

namespace ImdbPipeline.Core.Preparing;

/// <summary>Writes a dataset version to the container <c>prepared</c>.</summary>
/// <remarks>Claims and manifests are create-only, so concurrent or killed writers of the same version still produce one version.</remarks>
public sealed class BlobDatasetSink(PipelineStorage storage, TimeProvider timeProvider) : IDatasetSink
{
    private string folder = "";

    public async Task<(string Dataset, DatasetManifest? Committed)> BeginAsync(string dataset, string version, string archive, CancellationToken cancellationToken)
    {
        var claimPath = StorageLayout.VersionClaim(version);
        var claim = new VersionClaim(dataset, version, archive, timeProvider.GetUtcNow());
        if (!await storage.Prepared.CreateJsonAsync(claimPath, claim, cancellationToken))
            claim = (await storage.Prepared.ReadJsonAsync<VersionClaim>(claimPath, cancellationToken))?.Value
                ?? throw new InvalidOperationException($"{claimPath}: expected the existing record, found none: it has just been deleted. Upload the archive again.");
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
            // Shard names contain a hash, the vocabulary's name does not: a killed process of another program version may have left a different one.
            var present = await blob.DownloadContentAsync(cancellationToken);
            if (!present.Value.Content.ToMemory().Span.SequenceEqual(content.Span))
                await blob.UploadAsync(
                    new BinaryData(content), new BlobUploadOptions { Conditions = new() { IfMatch = present.Value.Details.ETag } }, cancellationToken);
        }
    }

    public async Task<DatasetManifest> CommitAsync(DatasetManifest manifest, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        var requested = manifest.Settings.Task ?? LabelledTask.Default;
        manifest = manifest with { Task = await new TaskStore(storage, timeProvider).AssignAsync(requested, manifest.Dataset, manifest.Labels, cancellationToken) };
        var path = StorageLayout.Manifest(manifest.Dataset, manifest.Version);
        if (await storage.Prepared.CreateJsonAsync(path, manifest, cancellationToken))
            return manifest;
        return (await storage.Prepared.ReadJsonAsync<DatasetManifest>(path, cancellationToken))?.Value
            ?? throw new InvalidOperationException($"{path}: expected the existing record, found none: it has just been deleted. Upload the archive again.");
    }
}
