using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Archives;

/// <summary>Checks that a classifier can be trained on the labels of an archive.</summary>
internal static class TrainingLabels
{
    /// <exception cref="InputRejectedException">There are fewer than two labels, or fewer than two in the training split.</exception>
    public static void Require(IReadOnlyList<string> names, IReadOnlyList<SourceGroup?> groups, ArchiveFile archive)
    {
        if (names.Count < 2)
            throw archive.Reject(
                ErrorRules.LabelsTooFew, "texts with at least two labels", names.Count == 0 ? "no labelled text" : $"only '{UntrustedText.Escape(names[0])}'",
                "Add texts with another label; a classifier needs at least two.");
        var labels = groups.Where(group => group is { Split: Split.Train, Label: not null }).Select(group => group!.Label).Distinct().Count();
        if (labels < 2)
            throw archive.Reject(
                ErrorRules.LabelsTooFew, "training texts with at least two labels", labels == 0 ? "no labelled training text" : "only one label",
                "Add the missing labels to the training split.");
    }
}
