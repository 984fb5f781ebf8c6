using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Uploads;

namespace ImdbPipeline.Core.Datasets;

/// <summary>Finds committed dataset versions in storage by their manifests; folders without a manifest are ignored.</summary>
public sealed class DatasetStore(PipelineStorage storage) : IDatasetCatalog
{
    // Blob timestamps have a resolution of one second, so the manifest's own time decides among the last few.
    private const int NewestCandidates = 8;

    public async Task<DatasetManifest?> FindNewestAsync(CancellationToken cancellationToken) => await NewestAsync(
        await ListAsync("", NewestCandidates, cancellationToken),
        await storage.Prepared.ReadNewestAsync<ArchiveRecord>(StorageLayout.ArchiveRecords, _ => true, NewestCandidates, cancellationToken), cancellationToken);

    public async Task<DatasetManifest?> FindAsync(string name, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Split('/') switch
        {
            _ when !IsName(name) => null,
            [var dataset, var version] => await FindAsync(dataset, version, cancellationToken),
            _ => await FindNewestAsync(name, cancellationToken),
        };
    }

    private async Task<DatasetManifest?> FindNewestAsync(string dataset, CancellationToken cancellationToken)
    {
        var manifests = await ListAsync(dataset + "/", NewestCandidates, cancellationToken);
        var records = new List<ArchiveRecord>();
        foreach (var archive in manifests.Select(manifest => manifest.Archive.Name).Distinct())
        {
            if (await storage.FindArchiveRecordAsync(archive, etag: null, cancellationToken) is { } record && record.Dataset == dataset)
                records.Add(record);
        }
        return await NewestAsync(manifests, records, cancellationToken);
    }

    /// <summary>A version is as new as the last ingest that led to it: uploading earlier content or settings again makes their version the newest.</summary>
    private async Task<DatasetManifest?> NewestAsync(
        IReadOnlyList<DatasetManifest> manifests, IReadOnlyList<ArchiveRecord> records, CancellationToken cancellationToken)
    {
        var newest = manifests.Count > 0 ? (Manifest: manifests[0], At: manifests[0].CreatedAt) : default;
        foreach (var record in records.Where(record => record.State == ArchiveState.Ingested).OrderByDescending(record => record.At))
        {
            if (record.At >= newest.At && await FindAsync(record.Dataset!, record.Version!, cancellationToken) is { } manifest)
                newest = (manifest, record.At);
        }
        return newest.Manifest;
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
}
