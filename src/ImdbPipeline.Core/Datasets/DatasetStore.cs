using ImdbPipeline.Core.Storage;

namespace ImdbPipeline.Core.Datasets;

/// <summary>Finds committed dataset versions in storage by their manifests; folders without a manifest are ignored.</summary>
public sealed class DatasetStore(PipelineStorage storage) : IDatasetCatalog
{
    // Blob timestamps have a resolution of one second, so the manifest's own time decides among the last few.
    private const int NewestCandidates = 8;

    public async Task<DatasetManifest?> FindNewestAsync(CancellationToken cancellationToken) => First(await ListAsync("", NewestCandidates, cancellationToken));

    public async Task<DatasetManifest?> FindAsync(string name, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Split('/') switch
        {
            _ when !IsName(name) => null,
            [var dataset, var version] => await FindAsync(dataset, version, cancellationToken),
            _ => First(await ListAsync(name + "/", NewestCandidates, cancellationToken)),
        };
    }

    /// <returns>Null if the version is not committed.</returns>
    public async Task<DatasetManifest?> FindAsync(string dataset, string version, CancellationToken cancellationToken) =>
        (await storage.Prepared.ReadJsonAsync<DatasetManifest>(StorageLayout.Manifest(dataset, version), cancellationToken))?.Value;

    public Task<IReadOnlyList<DatasetManifest>> ListAsync(int max, CancellationToken cancellationToken) => ListAsync("", max, cancellationToken);

    private async Task<IReadOnlyList<DatasetManifest>> ListAsync(string prefix, int max, CancellationToken cancellationToken)
    {
        var manifests = await storage.Prepared.ReadNewestAsync<DatasetManifest>(prefix, IsManifest, max, cancellationToken);
        return [.. manifests.OrderByDescending(manifest => manifest.CreatedAt).ThenByDescending(manifest => manifest.Version, StringComparer.Ordinal)];
    }

    /// <summary>Whether the name is <c>{dataset}</c> or <c>{dataset}/{version}</c>; such names are safe to use as paths.</summary>
    public static bool IsName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Length <= 250
            && name.Split('/') is { Length: 1 or 2 } parts
            && parts.All(part => part.Length > 0 && part[0] is not ('_' or '.') && !part.Contains('\\', StringComparison.Ordinal) && !part.Any(char.IsControl));
    }

    private static bool IsManifest(string path) =>
        path.Split('/') is [var dataset, var version, _] && IsName($"{dataset}/{version}") && path == StorageLayout.Manifest(dataset, version);

    private static DatasetManifest? First(IReadOnlyList<DatasetManifest> manifests) => manifests.Count > 0 ? manifests[0] : null;
}
