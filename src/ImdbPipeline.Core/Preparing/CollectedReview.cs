using ImdbPipeline.Core.Archives;
using ImdbPipeline.Core.Datasets;

namespace ImdbPipeline.Core.Preparing;

/// <summary>A review without its text, which lies in the spool.</summary>
internal sealed class CollectedReview(RawReview raw, long offset, int length, UInt128 hash)
{
    public string Id { get; set; } = raw.Id;

    public int Group { get; } = raw.Group;

    public int? Rating { get; } = raw.Rating;

    public int? Number { get; } = raw.Number;

    public long Offset { get; } = offset;

    /// <summary>Of the cleaned text, in bytes; 0 for a review without any word.</summary>
    public int Length { get; } = length;

    /// <summary>The first 128 bits of SHA-256 over the cleaned text.</summary>
    public UInt128 Hash { get; } = hash;

    public string? Movie { get; set; } = raw.Movie;

    public int? Label { get; set; }

    public Split Split { get; set; }

    public Fate Fate { get; set; }
}

/// <summary>What became of a review that was read.</summary>
internal enum Fate
{
    Kept,

    /// <summary>Nothing is left of its text.</summary>
    Empty,

    /// <summary>The same text carries another label too.</summary>
    Contradiction,

    /// <summary>The same text came before it in its split.</summary>
    Duplicate,

    /// <summary>A training text, or one of a given validation part, that is in the test set.</summary>
    Leak,

    /// <summary>A training text that is in the validation part which the archive brought.</summary>
    ValidationLeak,

    /// <summary>An unlabelled text that is in the test set or in the validation part.</summary>
    UnsupLeak,
}
