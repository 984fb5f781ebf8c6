using System.Text.Json;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Preparing;

/// <summary>Writes a dataset version to a local folder, replacing an older version.</summary>
public sealed class FolderDatasetSink(string folder) : IDatasetSink
{
    public async Task<(string Dataset, DatasetManifest? Committed)> BeginAsync(string dataset, string version, string archive, CancellationToken cancellationToken)
    {
        PrivateFolder.Create(folder);
        var existing = await LocalDataset.ReadManifestAsync(folder, cancellationToken);
        return (dataset, existing?.Version == version ? existing : null);
    }

    public async Task WriteAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var temporary = Path.Combine(folder, $".{path}.{Guid.NewGuid():n}.tmp");
        try
        {
            await File.WriteAllBytesAsync(temporary, content, cancellationToken);
            File.Move(temporary, Path.Combine(folder, path), overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    public async Task<DatasetManifest> CommitAsync(DatasetManifest manifest, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        var replaced = await LocalDataset.ReadManifestAsync(folder, cancellationToken);
        await WriteAsync(LocalDataset.ManifestFile, JsonSerializer.SerializeToUtf8Bytes(manifest, PipelineJson.Record), cancellationToken);
        foreach (var shard in replaced?.Shards ?? [])
            if (manifest.Shards.All(kept => kept.Path != shard.Path))
                File.Delete(Path.Combine(folder, shard.Path));
        return manifest;
    }
}
