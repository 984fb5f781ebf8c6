namespace ImdbPipeline.Core.Preparing;

/// <param name="Stage">What is being done.</param>
/// <param name="Done">Bytes of the archive while reading, reviews otherwise.</param>
/// <param name="Total">In the same unit; 0 where it is not known.</param>
public sealed record PreparationProgress(PreparationStage Stage, long Done, long Total);

public enum PreparationStage
{
    /// <summary>Unpacking, verifying and cleaning.</summary>
    Reading,

    /// <summary>Counting words for the vocabulary.</summary>
    Vocabulary,

    /// <summary>Tokenizing and writing shards.</summary>
    Writing,
}
