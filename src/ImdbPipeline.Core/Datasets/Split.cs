namespace ImdbPipeline.Core.Datasets;

/// <summary>The part of a dataset that a text belongs to; <c>unsup</c> texts have no label.</summary>
public enum Split
{
    Train,
    Validation,
    Test,
    Unsup,
}
