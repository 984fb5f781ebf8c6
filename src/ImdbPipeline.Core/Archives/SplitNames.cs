using ImdbPipeline.Core.Datasets;

namespace ImdbPipeline.Core.Archives;

/// <summary>Recognized names of splits.</summary>
internal static class SplitNames
{
    public const string Known = "train, validation, test, unsup (or training, valid, val, dev, unsupervised, unlabelled)";

    public static Split? Find(string name) => name.Trim().ToLowerInvariant() switch
    {
        "train" or "training" => Split.Train,
        "validation" or "valid" or "val" or "dev" => Split.Validation,
        "test" or "testing" => Split.Test,
        var other => IsUnlabelled(other) ? Split.Unsup : null,
    };

    /// <summary>Whether the label means that a text has no label.</summary>
    public static bool IsUnlabelled(string label) => label.Trim().ToLowerInvariant() is "unsup" or "unsupervised" or "unlabelled" or "unlabeled";
}
