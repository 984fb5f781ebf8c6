using ImdbPipeline.Core.Datasets;

namespace ImdbPipeline.Core.Preparing;

/// <summary>Stores a prepared dataset, which becomes visible with <see cref="CommitAsync"/>.</summary>
public interface IDatasetSink
{
    /// <summary>Claims the version for a dataset.</summary>
    /// <param name="dataset">Dataset name derived from the archive's name.</param>
    /// <param name="archive">Name of the archive, stored with the claim.</param>
    /// <returns>The dataset's name, which differs if the same content already has another one, and the manifest if the version is already committed.</returns>
    Task<(string Dataset, DatasetManifest? Committed)> BeginAsync(string dataset, string version, string archive, CancellationToken cancellationToken);

    /// <summary>Writes a file of the version atomically; an identical existing file is left alone.</summary>
    Task WriteAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>Makes the version visible.</summary>
    /// <returns>The committed manifest: another writer's if that one came first.</returns>
    Task<DatasetManifest> CommitAsync(DatasetManifest manifest, CancellationToken cancellationToken);
}
