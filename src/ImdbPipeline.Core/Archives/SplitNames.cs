using System.Text.RegularExpressions;
using ImdbPipeline.Core.Datasets;

namespace ImdbPipeline.Core.Archives;

/// <summary>Recognized names of splits.</summary>
internal static partial class SplitNames
{
    public const string Known = "train, validation, test, unsup (or training, valid, val, dev, eval, unsupervised, unlabelled)";

    public static Split? Find(string name) => name.Trim().ToLowerInvariant() switch
    {
        "train" or "training" => Split.Train,
        "validation" or "valid" or "val" or "dev" or "eval" or "evaluation" => Split.Validation,
        "test" or "testing" => Split.Test,
        var other => IsUnlabelled(other) ? Split.Unsup : null,
    };

    /// <summary>Whether the label means that a text has no label.</summary>
    public static bool IsUnlabelled(string label) => label.Trim().ToLowerInvariant() is "unsup" or "unsupervised" or "unlabelled" or "unlabeled";

    /// <summary>The split that is a word of a file's or folder's name, as in <c>test-00000-of-00001.csv</c> and <c>unlabeledTrainData</c>; null if there is none or more than one.</summary>
    public static Split? OfName(string name)
    {
        var found = Word().Matches(name).Select(word => Find(word.Value)).OfType<Split>().Distinct().ToList();
        return found.Contains(Split.Unsup) ? Split.Unsup : found.Count == 1 ? found[0] : null;
    }

    /// <summary>The split that the last part of a path with a split's name is named after.</summary>
    /// <returns>The split, and whether the part's whole name (without its extension) is a split's; null if there is none.</returns>
    public static (Split Split, bool IsWholeName)? OfPath(string path)
    {
        foreach (var part in path.Split('/').Reverse())
            if (OfName(part) is { } split)
                return (split, Find(part.Split('.')[0]) is not null);
        return null;
    }

    /// <summary>Letters, divided where a capital follows a small one.</summary>
    [GeneratedRegex(@"\p{Lu}?\p{Ll}+|\p{Lu}+(?!\p{Ll})|\p{L}+")]
    private static partial Regex Word();
}
