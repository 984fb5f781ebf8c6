using ImdbPipeline.Core.Datasets;

namespace ImdbPipeline.Core.Preparing;

/// <summary>Where a prepared data set goes. Nothing of it counts before <see cref="CommitAsync"/> has returned.</summary>
public interface IDatasetSink
{
    /// <summary>Finds the version's home.</summary>
    /// <param name="dataset">How the archive would call the data set.</param>
    /// <param name="archive">The archive that asks, kept with the claim.</param>
    /// <returns>The data set's name, another one where the same content is known under it; and the manifest where the version is committed already.</returns>
    Task<(string Dataset, DatasetManifest? Committed)> BeginAsync(string dataset, string version, string archive, CancellationToken cancellationToken);

    /// <summary>Writes a file of the version, whole. A file that is there already is left alone if it is the same.</summary>
    Task WriteAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>Makes the version visible.</summary>
    /// <returns>The manifest that counts: another writer's, if that was first.</returns>
    Task<DatasetManifest> CommitAsync(DatasetManifest manifest, CancellationToken cancellationToken);
}
