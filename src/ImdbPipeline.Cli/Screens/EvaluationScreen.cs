using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Learning.Evaluating;
using Spectre.Console;

namespace ImdbPipeline.Cli.Screens;

/// <summary>An evaluation: overall metrics, metrics per label, and the most frequent mistakes.</summary>
public static class EvaluationScreen
{
    private const int MaxMistakes = 10;

    /// <param name="labels">Label names, in the order of the confusion matrix.</param>
    public static void Show(IAnsiConsole page, string model, string source, Evaluation evaluation, IReadOnlyList<string> labels)
    {
        ArgumentNullException.ThrowIfNull(page);
        ArgumentNullException.ThrowIfNull(evaluation);
        ArgumentNullException.ThrowIfNull(labels);
        page.Line($"{PrintableText.OneLine(model)} on {PrintableText.OneLine(source)}");
        page.Line($"{MetricsScreen.Short(evaluation.Accuracy)} accuracy on {Quantity.Count(evaluation.Texts)} texts, ±{MetricsScreen.Short(MetricsScreen.Margin(evaluation.Accuracy, evaluation.Texts))}");
        page.Line($"macro F1 {Share(evaluation.MacroF1)}, ROC-AUC {Share(evaluation.RocAuc)}, calibration error {Share(evaluation.CalibrationError)}, loss {Share(evaluation.Loss)}");
        page.Line();
        var table = new Listing("label", Number("texts"), Number("precision"), Number("recall"), Number("F1"));
        for (var row = 0; row < labels.Count; row++)
        {
            var quality = LabelMetrics.Of(evaluation.Confusion, row);
            table.Add(labels[row], Quantity.Count(quality.Texts), Share(quality.Precision), Share(quality.Recall), Share(quality.F1));
        }
        table.Show(page);
        ShowMistakes(page, evaluation, labels);
    }

    private static void ShowMistakes(IAnsiConsole page, Evaluation evaluation, IReadOnlyList<string> labels)
    {
        var mistakes = Enumerable.Range(0, labels.Count)
            .SelectMany(truth => Enumerable.Range(0, labels.Count).Where(predicted => predicted != truth).Select(predicted => (Truth: truth, Predicted: predicted, Count: evaluation.Confusion[truth][predicted])))
            .Where(mistake => mistake.Count > 0).OrderByDescending(mistake => mistake.Count).ToList();
        if (mistakes.Count == 0)
            return;
        page.Line();
        page.Line(mistakes.Count > MaxMistakes ? $"Most frequent mistakes ({MaxMistakes} of {Quantity.Count(mistakes.Count)} kinds)" : "Mistakes");
        var table = new Listing("true label", "predicted label", Number("texts"), Number("share"));
        foreach (var (truth, predicted, count) in mistakes.Take(MaxMistakes))
            table.Add(labels[truth], labels[predicted], Quantity.Count(count), Quantity.Percent((double)count / evaluation.Confusion[truth].Sum()));
        table.Show(page);
    }

    private static ListColumn Number(string title) => new(title) { IsNumber = true };

    private static string Share(double? value) => value is { } number ? MetricsScreen.Number(number) : "-";
}
