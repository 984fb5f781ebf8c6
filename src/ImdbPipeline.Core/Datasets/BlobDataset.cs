using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs.Models;
using ImdbPipeline.Core.Storage;

namespace ImdbPipeline.Core.Datasets;

/// <summary>A dataset version in the container <c>prepared</c>.</summary>
public sealed class BlobDataset(PipelineStorage storage, DatasetManifest manifest) : IPreparedDataset
{
    public DatasetManifest Manifest => manifest;

    public Task<byte[]> ReadVocabularyAsync(CancellationToken cancellationToken) =>
        ReadAsync(manifest.Vocabulary.Path, manifest.Vocabulary.Sha256, cancellationToken);

    public async IAsyncEnumerable<PreparedText> ReadAsync(Split split, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var shard in manifest.Shards.Where(shard => shard.Split == split))
            foreach (var row in await ParquetShard.ReadAsync(await ReadAsync(shard.Path, shard.Sha256, cancellationToken), shard.Path, cancellationToken))
                yield return row;
    }

    private async Task<byte[]> ReadAsync(string path, string sha256, CancellationToken cancellationToken)
    {
        var name = StorageLayout.DatasetFolder(manifest.Dataset, manifest.Version) + path;
        try
        {
            var blob = await storage.Prepared.GetBlobClient(name).DownloadContentAsync(cancellationToken);
            return DatasetFiles.Verify(blob.Value.Content.ToArray(), sha256, name);
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.BlobNotFound)
        {
            throw new InvalidDataException($"{name}: expected the file listed in the manifest, found none. Restore the blob, or delete the version and upload the archive again.", e);
        }
    }
}
