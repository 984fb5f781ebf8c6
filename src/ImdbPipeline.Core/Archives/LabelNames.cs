using System.Globalization;

namespace ImdbPipeline.Core.Archives;

/// <summary>The labels of a source in their lasting order: numbers by value, other names by character.</summary>
internal static class LabelNames
{
    public static IReadOnlyList<string> Sort(IEnumerable<string> labels, ArchiveFile archive)
    {
        var names = labels.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        if (names.Count < 2)
            throw archive.Reject(
                "labels-too-few", "reviews of at least two labels", names.Count == 0 ? "no labelled review" : $"only '{ArchiveFile.Show(names[0])}'",
                "Add the other class; a classifier needs something to tell apart.");
        if (names.All(name => long.TryParse(name, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)))
            names = [.. names.OrderBy(name => long.Parse(name, CultureInfo.InvariantCulture))];
        return names;
    }

    /// <exception cref="InputRejectedException">There are no labelled training reviews, or of one label only.</exception>
    public static void RequireTraining(IReadOnlyList<SourceGroup?> groups, ArchiveFile archive)
    {
        var labels = groups.Where(group => group is { Split: Datasets.Split.Train, Label: not null }).Select(group => group!.Label).Distinct().Count();
        if (labels < 2)
            throw archive.Reject(
                "labels-too-few", "training reviews of at least two labels", labels == 0 ? "no labelled training review" : "only one label in train",
                "Add the missing classes to the training part.");
    }
}
