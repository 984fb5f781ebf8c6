namespace ImdbPipeline.Core.Datasets;

/// <summary>Everything besides the archive's bytes that a prepared data set depends on; part of its version.</summary>
public sealed record PreparationSettings
{
    /// <summary>Raised when the preparation itself changes, so that old and new results have different versions.</summary>
    public int Format { get; init; } = 1;

    /// <summary>Replaces <c>&lt;br /&gt;</c> and other tags by a space.</summary>
    public bool StripMarkup { get; init; } = true;

    /// <summary>The share of the labelled training reviews held out for validation; the notebook splits 8:2.</summary>
    public double ValidationShare { get; init; } = 0.2;

    public int Seed { get; init; } = 42;

    /// <summary>At most this many word pieces in the vocabulary built from the training reviews.</summary>
    public int VocabularySize { get; init; } = 16_000;

    /// <summary>SHA-256 of a given vocabulary; null where it is built from the data set's own training reviews.</summary>
    public string? VocabularySha256 { get; init; }
}
