using ImdbPipeline.Core.Storage;

namespace ImdbPipeline.Core.Datasets;

/// <summary>Finds committed data set versions by their manifests in storage; folders without one do not exist.</summary>
public sealed class DatasetCatalog(PipelineStorage storage) : IDatasetCatalog
{
    // Storage times have whole seconds: among the last written few, the manifest's own time decides.
    private const int AsGoodAsNewest = 8;

    public async Task<DatasetManifest?> FindNewestAsync(CancellationToken cancellationToken) =>
        await ListAsync("", AsGoodAsNewest, cancellationToken) is [var newest, ..] ? newest : null;

    public async Task<DatasetManifest?> FindAsync(string name, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Split('/') switch
        {
            [var dataset] => await ListAsync(dataset + "/", AsGoodAsNewest, cancellationToken) is [var newest, ..] ? newest : null,
            [var dataset, var version] => (await storage.Prepared.ReadJsonAsync<DatasetManifest>(StorageLayout.Manifest(dataset, version), cancellationToken))?.Value,
            _ => null,
        };
    }

    public Task<IReadOnlyList<DatasetManifest>> ListAsync(int most, CancellationToken cancellationToken) => ListAsync("", most, cancellationToken);

    private async Task<IReadOnlyList<DatasetManifest>> ListAsync(string prefix, int most, CancellationToken cancellationToken)
    {
        var manifests = new List<DatasetManifest>();
        foreach (var blob in await storage.Prepared.ListNewestAsync(prefix, IsManifest, most, cancellationToken))
        {
            if (await storage.Prepared.ReadJsonAsync<DatasetManifest>(blob.Name, cancellationToken) is { } manifest)
                manifests.Add(manifest.Value);
        }
        return [.. manifests.OrderByDescending(m => m.CreatedAt).ThenBy(m => m.Version, StringComparer.Ordinal)];
    }

    private static bool IsManifest(string path) =>
        path.Split('/') is [var dataset, var version, _] && dataset is not ['_', ..] && path == StorageLayout.Manifest(dataset, version);
}
