using System.Globalization;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Archives;

/// <summary>Sorts labels into a stable order: numbers by value, other names ordinally.</summary>
internal static class LabelNames
{
    public static IReadOnlyList<string> Sort(IEnumerable<string> labels, ArchiveFile archive)
    {
        var names = labels.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        if (names.Count < 2)
            throw archive.Reject(
                ErrorRules.LabelsTooFew, "texts with at least two labels", names.Count == 0 ? "no labelled text" : $"only '{UntrustedText.Escape(names[0])}'",
                "Add texts with another label; a classifier needs at least two.");
        if (names.All(name => long.TryParse(name, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)))
            names = [.. names.OrderBy(name => long.Parse(name, CultureInfo.InvariantCulture))];
        return names;
    }

    /// <exception cref="InputRejectedException">The training split has fewer than two labels.</exception>
    public static void RequireTraining(IReadOnlyList<SourceGroup?> groups, ArchiveFile archive)
    {
        var labels = groups.Where(group => group is { Split: Datasets.Split.Train, Label: not null }).Select(group => group!.Label).Distinct().Count();
        if (labels < 2)
            throw archive.Reject(
                ErrorRules.LabelsTooFew, "training texts with at least two labels", labels == 0 ? "no labelled training text" : "only one label",
                "Add the missing labels to the training split.");
    }
}
