namespace ImdbPipeline.Core.Preparing;

/// <param name="Phase">The current stage.</param>
/// <param name="Done">Bytes of the archive while reading, otherwise texts.</param>
/// <param name="Total">In the same unit; 0 if unknown.</param>
public sealed record PreparationProgress(PreparationPhase Phase, long Done, long Total);

public enum PreparationPhase
{
    /// <summary>Unpacking, verifying and cleaning.</summary>
    Reading,

    /// <summary>Counting words for the vocabulary.</summary>
    Vocabulary,

    /// <summary>Tokenizing and writing shards.</summary>
    Writing,
}
