using Azure.Storage.Blobs.Models;
using ImdbPipeline.Core.Storage;

namespace ImdbPipeline.Core.Datasets;

/// <summary>Finds committed data set versions in storage.</summary>
public sealed class DatasetStore(PipelineStorage storage)
{
    /// <param name="dataset"><c>{dataset}</c> for its newest version, <c>{dataset}/{version}</c>, or null for the newest of all.</param>
    /// <exception cref="InputRejectedException">There is no such version.</exception>
    public async Task<IPreparedDataset> OpenAsync(string? dataset, CancellationToken cancellationToken)
    {
        var manifest = dataset?.Split('/') switch
        {
            null => await NewestAsync("", cancellationToken),
            [var name] when IsName(name) => await NewestAsync(name + "/", cancellationToken),
            [var name, var version] when IsName(name) && IsName(version) => await FindAsync(name, version, cancellationToken),
            _ => throw new InputRejectedException(
                "dataset-name-invalid", $"data set '{Archives.ArchiveFile.Show(dataset)}'", "{dataset} or {dataset}/{version}", "another form", "Correct the name."),
        };
        return manifest is not null
            ? new BlobDataset(storage, manifest)
            : throw new InputRejectedException(
                "dataset-missing", dataset is null ? "data sets" : $"data set '{Archives.ArchiveFile.Show(dataset)}'",
                "a prepared one", "none", $"Upload an archive to {StorageLayout.Datasets}/ and wait until it is ingested.");
    }

    /// <returns>Null where the version is not committed.</returns>
    public async Task<DatasetManifest?> FindAsync(string dataset, string version, CancellationToken cancellationToken) =>
        (await storage.Prepared.ReadJsonAsync<DatasetManifest>(StorageLayout.Manifest(dataset, version), cancellationToken))?.Value;

    /// <summary>All committed versions, newest first.</summary>
    public async Task<IReadOnlyList<DatasetManifest>> ListAsync(CancellationToken cancellationToken)
    {
        var manifests = await ManifestsAsync("", cancellationToken);
        return [.. manifests.OrderByDescending(manifest => manifest.CreatedAt).ThenByDescending(manifest => manifest.Version, StringComparer.Ordinal)];
    }

    private async Task<DatasetManifest?> NewestAsync(string prefix, CancellationToken cancellationToken) =>
        (await ManifestsAsync(prefix, cancellationToken)).OrderBy(manifest => manifest.CreatedAt).ThenBy(manifest => manifest.Version, StringComparer.Ordinal).LastOrDefault();

    private async Task<List<DatasetManifest>> ManifestsAsync(string prefix, CancellationToken cancellationToken)
    {
        var manifests = new List<DatasetManifest>();
        IEnumerable<string> datasets = prefix.Length > 0 ? [prefix] : await FoldersAsync("", cancellationToken);
        foreach (var dataset in datasets.Where(dataset => !dataset.StartsWith('_')))
            foreach (var version in await FoldersAsync(dataset, cancellationToken))
                if (await FindAsync(dataset.TrimEnd('/'), version[dataset.Length..].TrimEnd('/'), cancellationToken) is { } manifest)
                    manifests.Add(manifest);
        return manifests;
    }

    /// <summary>The folders right below, each with its path and last slash; the shards in them are not listed.</summary>
    private async Task<List<string>> FoldersAsync(string prefix, CancellationToken cancellationToken)
    {
        var folders = new List<string>();
        var options = new GetBlobsByHierarchyOptions { Prefix = prefix, Delimiter = "/" };
        await foreach (var item in storage.Prepared.GetBlobsByHierarchyAsync(options, cancellationToken))
            if (item.IsPrefix)
                folders.Add(item.Prefix);
        return folders;
    }

    private static bool IsName(string name) => name.Length > 0 && name[0] is not ('_' or '.');
}
