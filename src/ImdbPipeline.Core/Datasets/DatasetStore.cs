using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Uploads;

namespace ImdbPipeline.Core.Datasets;

/// <summary>Finds committed dataset versions in storage by their manifests; folders without a manifest are ignored.</summary>
public sealed class DatasetStore(PipelineStorage storage) : IDatasetCatalog
{
    private readonly TaskStore tasks = new(storage, TimeProvider.System);

    // Blob timestamps have a resolution of one second, so the manifest's own time decides among the last few.
    private const int NewestCandidates = 8;

    public async Task<DatasetManifest?> FindNewestAsync(string task, CancellationToken cancellationToken)
    {
        var defaultTask = await tasks.FindAsync(LabelledTask.Default, cancellationToken);
        var manifests = await ListAsync("", NewestCandidates, IsOfTask, cancellationToken);
        var records = await FindRecordsAsync(manifests, cancellationToken);
        records.AddRange(await storage.Prepared.ReadNewestAsync<ArchiveRecord>(StorageLayout.ArchiveRecords, _ => true, NewestCandidates, cancellationToken));
        return await NewestAsync(manifests, records, IsOfTask, cancellationToken);

        bool IsOfTask(DatasetManifest manifest) => LabelledTask.Of(manifest, defaultTask) == task;
    }

    public async Task<DatasetManifest?> FindAsync(string name, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Split('/') switch
        {
            _ when !IsName(name) => null,
            [var dataset, var version] => await FindAsync(dataset, version, cancellationToken),
            _ => await FindNewestVersionAsync(name, cancellationToken),
        };
    }

    private async Task<DatasetManifest?> FindNewestVersionAsync(string dataset, CancellationToken cancellationToken)
    {
        var manifests = await ListAsync(dataset + "/", NewestCandidates, _ => true, cancellationToken);
        return await NewestAsync(manifests, await FindRecordsAsync(manifests, cancellationToken), manifest => manifest.Dataset == dataset, cancellationToken);
    }

    /// <returns>The last results of the archives that the versions were made from.</returns>
    private async Task<List<ArchiveRecord>> FindRecordsAsync(IReadOnlyList<DatasetManifest> manifests, CancellationToken cancellationToken)
    {
        var records = new List<ArchiveRecord>();
        foreach (var archive in manifests.Select(manifest => manifest.Archive.Name).Distinct())
            if (await storage.FindArchiveRecordAsync(archive, etag: null, cancellationToken) is { } record)
                records.Add(record);
        return records;
    }

    /// <summary>A version is as new as the last ingest that led to it: uploading earlier content or settings again makes their version the newest.</summary>
    private async Task<DatasetManifest?> NewestAsync(
        IReadOnlyList<DatasetManifest> manifests, IReadOnlyList<ArchiveRecord> records, Func<DatasetManifest, bool> wanted, CancellationToken cancellationToken)
    {
        var newest = manifests.Count > 0 ? (Manifest: manifests[0], At: manifests[0].CreatedAt) : default;
        foreach (var record in records.Where(record => record.State == ArchiveState.Ingested).OrderByDescending(record => record.At))
        {
            if (record.At >= newest.At && await FindAsync(record.Dataset!, record.Version!, cancellationToken) is { } manifest && wanted(manifest))
                newest = (manifest, record.At);
        }
        return newest.Manifest;
    }

    /// <returns>Null if the version is not committed.</returns>
    public async Task<DatasetManifest?> FindAsync(string dataset, string version, CancellationToken cancellationToken) =>
        (await storage.Prepared.ReadJsonAsync<DatasetManifest>(StorageLayout.Manifest(dataset, version), cancellationToken))?.Value;

    public Task<IReadOnlyList<DatasetManifest>> ListAsync(int max, CancellationToken cancellationToken, Action<InvalidDataException>? damaged = null) =>
        ListAsync("", max, _ => true, cancellationToken, damaged);

    private async Task<IReadOnlyList<DatasetManifest>> ListAsync(
        string prefix, int max, Func<DatasetManifest, bool> wanted, CancellationToken cancellationToken, Action<InvalidDataException>? damaged = null)
    {
        var manifests = await storage.Prepared.ReadNewestAsync(prefix, IsManifest, max, wanted, cancellationToken, damaged);
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
