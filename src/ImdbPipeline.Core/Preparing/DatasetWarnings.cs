using System.Globalization;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Preparing;

/// <summary>What is unusual about a dataset, and will make a model worse than its figures look.</summary>
internal static class DatasetWarnings
{
    private const int FewTexts = 20;
    private const int MaxNamed = 5;

    public static IEnumerable<string> Of(DataReport report, IReadOnlyList<string> labels, PreparationSettings settings)
    {
        int Count(Split split, string label) => report.Kept.TryGetValue(split, out var counts) && counts.TryGetValue(label, out var count) ? count : 0;
        var missing = labels.Where(label => Count(Split.Train, label) == 0 && (Count(Split.Test, label) > 0 || Count(Split.Validation, label) > 0)).ToList();
        if (missing.Count > 0)
            yield return $"{Named(missing)} {(missing.Count == 1 ? "has" : "have")} no training text: a model cannot learn {(missing.Count == 1 ? "it" : "them")}";
        var single = labels.Where(label => Count(Split.Train, label) == 1).ToList();
        if (single.Count > 0)
            yield return $"{Named(single)} {(single.Count == 1 ? "has" : "have")} a single training text: too few to learn from";

        var (train, validation) = (labels.Sum(label => Count(Split.Train, label)), labels.Sum(label => Count(Split.Validation, label)));
        if (train < FewTexts)
            yield return string.Create(CultureInfo.InvariantCulture, $"there are only {train} training texts: too few for a useful model");
        if (validation == 0)
            yield return settings.ValidationShare == 0
                ? "there are no validation texts, as requested: nothing measures the model before it is used"
                : "there are too few texts for a validation split: nothing measures the model before it is used";
        else if (validation < FewTexts)
            yield return string.Create(CultureInfo.InvariantCulture, $"there are only {validation} validation texts: the accuracy on them means little");
    }

    private static string Named(List<string> labels) =>
        $"{(labels.Count == 1 ? "the label" : "the labels")} {string.Join(", ", labels.Take(MaxNamed).Select(label => $"'{UntrustedText.Escape(label)}'"))}{(labels.Count > MaxNamed ? $" and {labels.Count - MaxNamed} more" : "")}";
}
