using System.Globalization;
using ImdbPipeline.Core.Registry;
using Spectre.Console;

namespace ImdbPipeline.Cli.Screens;

/// <summary>A model's metrics: a headline, then the figures by split.</summary>
internal static class MetricsScreen
{
    private const string Validation = "validation", Test = "test";

    /// <summary>Half the width of a 95 % confidence interval, in standard errors.</summary>
    private const double Confidence = 1.96;

    private const string Texts = "Reviews", Accuracy = "Accuracy", StandardError = "AccuracyStandardError";

    /// <summary>The figures of a split by the ends of their names.</summary>
    private static readonly (string Metric, string Title)[] figures =
    [
        (Accuracy, "accuracy"), (StandardError, "standard error of the accuracy"), ("MacroF1", "macro F1"), ("F1", "F1"), ("RocAuc", "ROC-AUC"), ("Loss", "loss"),
        ("CalibrationError", "calibration error"), ("CalibrationErrorUncalibrated", "calibration error before calibration"), ("EncoderAccuracy", "accuracy of the encoder alone"),
    ];

    public static void Show(IAnsiConsole page, IReadOnlyDictionary<string, double> metrics)
    {
        if (Headline(metrics) is { } headline)
            page.Line(headline);
        var list = new Listing("", new ListColumn(Validation) { IsNumber = true }, new ListColumn(Test) { IsNumber = true });
        var rest = metrics.Keys.ToHashSet(StringComparer.Ordinal);
        Add("texts", Validation + Texts, Test + Texts, value => Quantity.Count((long)value));
        foreach (var (metric, title) in figures)
            Add(title, Validation + metric, Test + metric, Number);
        Add("accuracy of the linear baseline", ModelManifest.BaselineValidationAccuracyName, ModelManifest.BaselineTestAccuracyName, Number);
        foreach (var name in rest.Order(StringComparer.Ordinal))
        {
            if (name.StartsWith(Validation + Accuracy, StringComparison.Ordinal))
                list.Add($"accuracy in {name[(Validation + Accuracy).Length..].ToLowerInvariant()}", Number(metrics[name]), "");
            else
                list.Add(name, Number(metrics[name]), "");
        }
        if (metrics.Count > 0)
            list.Show(page);

        void Add(string title, string validation, string test, Func<double, string> format)
        {
            rest.Remove(validation);
            rest.Remove(test);
            if (metrics.ContainsKey(validation) || metrics.ContainsKey(test))
                list.Add(title, metrics.TryGetValue(validation, out var first) ? format(first) : "", metrics.TryGetValue(test, out var second) ? format(second) : "");
        }
    }

    /// <returns><c>0.912 accuracy on 24,799 test texts, ±0.004; linear baseline 0.911</c>; null without an accuracy.</returns>
    internal static string? Headline(IReadOnlyDictionary<string, double> metrics)
    {
        foreach (var (split, baselineName) in ((string, string)[])[(Test, ModelManifest.BaselineTestAccuracyName), (Validation, ModelManifest.BaselineValidationAccuracyName)])
        {
            if (!metrics.TryGetValue(split + Accuracy, out var accuracy))
                continue;
            var baseline = metrics.TryGetValue(baselineName, out var value) ? $"; linear baseline {Short(value)}" : "";
            if (!metrics.TryGetValue(split + Texts, out var texts) || texts < 1)
                return $"{Short(accuracy)} accuracy on {split} texts{baseline}";
            var margin = metrics.TryGetValue(split + StandardError, out var measured) ? Confidence * measured : Margin(accuracy, texts);
            return $"{Short(accuracy)} accuracy on {Quantity.Count((long)texts)} {split} texts, ±{Short(margin)}{baseline}";
        }
        return null;
    }

    /// <summary>Half the width of Wilson's 95 % interval, which is not zero for an accuracy of 1.</summary>
    internal static double Margin(double accuracy, double texts)
    {
        var square = Confidence * Confidence / texts;
        return Math.Sqrt((Confidence * Confidence * accuracy * (1 - accuracy) / texts) + (square * square / 4)) / (1 + square);
    }

    internal static string Short(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);

    internal static string Number(double value) => value.ToString("0.0000", CultureInfo.InvariantCulture);
}
