namespace ImdbPipeline.Core.Preparing;

/// <summary>What became of a review that was read.</summary>
internal enum Fate : byte
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
