namespace ImdbPipeline.Core.Datasets;

/// <summary>A committed data set version, wherever it lies: blob storage or a local folder.</summary>
public interface IPreparedDataset
{
    DatasetManifest Manifest { get; }

    /// <summary>The word pieces of the <c>token_ids</c> column, one a line, in id order.</summary>
    Task<byte[]> ReadVocabularyAsync(CancellationToken cancellationToken);

    /// <summary>The rows of a split in the manifest's order.</summary>
    /// <exception cref="InvalidDataException">A shard is missing or is not the one the manifest names.</exception>
    IAsyncEnumerable<PreparedReview> ReadAsync(Split split, CancellationToken cancellationToken);
}
