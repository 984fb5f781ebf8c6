using System.Globalization;
using ImdbPipeline.Learning.Evaluating;
using Spectre.Console;

namespace ImdbPipeline.Cli.Screens;

/// <summary>An evaluation: overall metrics, metrics per label, and the confusion matrix.</summary>
public static class EvaluationScreen
{
    /// <param name="labels">Label names, in the order of the confusion matrix.</param>
    public static void Show(IAnsiConsole page, string model, string source, Evaluation evaluation, IReadOnlyList<string> labels)
    {
        ArgumentNullException.ThrowIfNull(page);
        ArgumentNullException.ThrowIfNull(evaluation);
        ArgumentNullException.ThrowIfNull(labels);
        page.Line($"{model} on {source}");
        page.Line($"accuracy {Share(evaluation.Accuracy)}  ({Quantity.Count(evaluation.Correct)} of {Quantity.Count(evaluation.Texts)})");
        page.Line($"macro F1 {Share(evaluation.MacroF1)}  ROC-AUC {Share(evaluation.RocAuc)}  calibration error {Share(evaluation.CalibrationError)}");
        var table = new Table().SimpleBorder().AddColumn("label");
        foreach (var name in (string[])["texts", "precision", "recall", "F1"])
            table.AddColumn(new TableColumn(name).RightAligned());
        foreach (var label in labels)
            table.AddColumn(new TableColumn(new Text($"as {label}")).RightAligned());
        for (var row = 0; row < labels.Count; row++)
        {
            var quality = LabelMetrics.Of(evaluation.Confusion, row);
            string[] cells =
            [
                labels[row], Quantity.Count(quality.Texts), Share(quality.Precision), Share(quality.Recall), Share(quality.F1),
                .. evaluation.Confusion[row].Select(count => Quantity.Count(count)),
            ];
            table.AddRow(cells.Select(cell => new Text(cell)));
        }
        page.Write(table);
    }

    private static string Share(double? value) => value?.ToString("0.0000", CultureInfo.InvariantCulture) ?? "-";
}
