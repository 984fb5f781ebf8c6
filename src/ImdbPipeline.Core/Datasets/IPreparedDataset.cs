namespace ImdbPipeline.Core.Datasets;

/// <summary>A committed dataset version, in blob storage or a local folder.</summary>
public interface IPreparedDataset
{
    DatasetManifest Manifest { get; }

    /// <summary>The <c>vocab.txt</c> of the <c>token_ids</c> column: one token per line, in id order.</summary>
    Task<byte[]> ReadVocabularyAsync(CancellationToken cancellationToken);

    /// <summary>The rows of a split in the manifest's order.</summary>
    /// <exception cref="InvalidDataException">A shard is missing or does not match the manifest.</exception>
    IAsyncEnumerable<PreparedText> ReadAsync(Split split, CancellationToken cancellationToken);
}
