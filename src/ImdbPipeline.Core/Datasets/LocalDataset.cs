using System.Runtime.CompilerServices;
using System.Text.Json;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Datasets;

/// <summary>A dataset version in a local folder.</summary>
public sealed class LocalDataset : IPreparedDataset
{
    public const string ManifestFile = "manifest.json";

    private readonly string folder;

    private LocalDataset(string folder, DatasetManifest manifest)
    {
        this.folder = folder;
        Manifest = manifest;
    }

    public DatasetManifest Manifest { get; }

    /// <exception cref="InputRejectedException">The folder has no committed dataset.</exception>
    public static async Task<LocalDataset> OpenAsync(string folder, CancellationToken cancellationToken) =>
        await ReadManifestAsync(folder, cancellationToken) is { } manifest
            ? new LocalDataset(folder, manifest)
            : throw new InputRejectedException(
                ErrorRules.DatasetMissing, $"folder {folder}", $"a prepared dataset with its {ManifestFile}", "none", "Prepare an archive into the folder first.");

    public Task<byte[]> ReadVocabularyAsync(CancellationToken cancellationToken) =>
        ReadAsync(Manifest.Vocabulary.Path, Manifest.Vocabulary.Sha256, cancellationToken);

    public async IAsyncEnumerable<PreparedText> ReadAsync(Split split, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var shard in Manifest.Shards.Where(shard => shard.Split == split))
            foreach (var row in await ParquetShard.ReadAsync(await ReadAsync(shard.Path, shard.Sha256, cancellationToken), shard.Path, cancellationToken))
                yield return row;
    }

    internal static async Task<DatasetManifest?> ReadManifestAsync(string folder, CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder, ManifestFile);
        if (!File.Exists(path))
            return null;
        try
        {
            await using var file = File.OpenRead(path);
            return await JsonSerializer.DeserializeAsync<DatasetManifest>(file, PipelineJson.Record, cancellationToken);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path}: expected a dataset manifest as JSON, found {e.Message}. Delete the folder and prepare the archive again.", e);
        }
    }

    private async Task<byte[]> ReadAsync(string path, string sha256, CancellationToken cancellationToken)
    {
        var file = Path.Combine(folder, path);
        if (!File.Exists(file))
            throw new InvalidDataException($"{file}: expected the file listed in the manifest, found none. Prepare the archive again.");
        return DatasetFiles.Verify(await File.ReadAllBytesAsync(file, cancellationToken), sha256, file);
    }
}
