namespace ImdbPipeline.Core.Datasets;

/// <summary>Which part of a data set a review belongs to; <c>unsup</c> reviews have no label.</summary>
public enum Split
{
    Train,
    Validation,
    Test,
    Unsup,
}
