namespace ImdbPipeline.Core.Runs;

/// <summary>How much the texts of each label count in the loss.</summary>
public enum ClassWeighting
{
    /// <summary>All texts count the same.</summary>
    None,

    /// <summary>All labels count the same: a text counts in inverse proportion to the number of training texts with its label.</summary>
    Balanced,
}
