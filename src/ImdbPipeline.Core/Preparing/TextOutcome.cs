namespace ImdbPipeline.Core.Preparing;

/// <summary>What happened to a text that was read.</summary>
internal enum TextOutcome : byte
{
    Kept,

    /// <summary>Blank after cleaning.</summary>
    Empty,

    /// <summary>The same text also has another label.</summary>
    Contradiction,

    /// <summary>A copy of an earlier text in its split.</summary>
    Duplicate,

    /// <summary>A training or given validation text that is also in the test split.</summary>
    TrainTestLeak,

    /// <summary>A training text that is also in the archive's own validation split.</summary>
    ValidationLeak,

    /// <summary>An unlabelled text that is also in the test or validation split.</summary>
    UnsupLeak,
}
