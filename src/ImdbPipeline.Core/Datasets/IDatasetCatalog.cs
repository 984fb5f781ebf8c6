namespace ImdbPipeline.Core.Datasets;

/// <summary>Looks up committed dataset versions.</summary>
public interface IDatasetCatalog
{
    /// <returns>The newest committed version of the task's datasets; null if there is none.</returns>
    Task<DatasetManifest?> FindNewestAsync(string task, CancellationToken cancellationToken);

    /// <param name="name"><c>{dataset}</c> for its newest version, or <c>{dataset}/{version}</c>.</param>
    /// <returns>Null if there is no such version.</returns>
    Task<DatasetManifest?> FindAsync(string name, CancellationToken cancellationToken);

    /// <summary>The newest versions, newest first.</summary>
    Task<IReadOnlyList<DatasetManifest>> ListAsync(int max, CancellationToken cancellationToken, Action<InvalidDataException>? damaged = null);
}
