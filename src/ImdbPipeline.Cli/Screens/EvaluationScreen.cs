using System.Globalization;
using ImdbPipeline.Cli.Evaluating;
using Spectre.Console;

namespace ImdbPipeline.Cli.Screens;

/// <summary>How well a model predicts: accuracy, each label's quality, and what was taken for what.</summary>
public static class EvaluationScreen
{
    public static void Show(IAnsiConsole page, string model, string source, Confusion confusion)
    {
        ArgumentNullException.ThrowIfNull(page);
        ArgumentNullException.ThrowIfNull(confusion);
        page.Line($"{model} on {source}");
        page.Line($"accuracy {Share(confusion.Accuracy)}  ({Quantity.Count(confusion.Right)} of {Quantity.Count(confusion.Reviews)})");
        var table = new Table().SimpleBorder().AddColumn("label");
        foreach (var name in (string[])["reviews", "precision", "recall", "F1"])
            table.AddColumn(new TableColumn(name).RightAligned());
        foreach (var label in confusion.Labels)
            table.AddColumn(new TableColumn(new Text($"as {label}")).RightAligned());
        for (var row = 0; row < confusion.Labels.Count; row++)
        {
            var quality = confusion.Of(row);
            string[] cells =
            [
                quality.Label, Quantity.Count(quality.Reviews), Share(quality.Precision), Share(quality.Recall), Share(quality.F1),
                .. Enumerable.Range(0, confusion.Labels.Count).Select(column => Quantity.Count(confusion.Count(row, column))),
            ];
            table.AddRow(cells.Select(cell => new Text(cell)));
        }
        page.Write(table);
    }

    private static string Share(double? value) => value?.ToString("0.0000", CultureInfo.InvariantCulture) ?? "-";
}
