namespace ImdbPipeline.Core.Datasets;

/// <summary>Which data set versions are committed.</summary>
public interface IDatasetCatalog
{
    /// <returns>The newest committed version of all data sets; null where there is none.</returns>
    Task<DatasetManifest?> FindNewestAsync(CancellationToken cancellationToken);

    /// <param name="name"><c>{dataset}</c> for its newest version, or <c>{dataset}/{version}</c>.</param>
    /// <returns>Null where there is no such version.</returns>
    Task<DatasetManifest?> FindAsync(string name, CancellationToken cancellationToken);

    /// <summary>The newest versions, newest first.</summary>
    Task<IReadOnlyList<DatasetManifest>> ListAsync(int most, CancellationToken cancellationToken);
}
