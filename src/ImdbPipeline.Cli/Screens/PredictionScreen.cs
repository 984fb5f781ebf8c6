using System.Globalization;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Scoring;
using Spectre.Console;

namespace ImdbPipeline.Cli.Screens;

/// <summary>The prediction for one text: its label and a bar for the probability, or the value of a regression model.</summary>
public static class PredictionScreen
{
    private const int BarWidth = 20;

    public static void Show(IAnsiConsole page, ScoreRecord record)
    {
        ArgumentNullException.ThrowIfNull(page);
        ArgumentNullException.ThrowIfNull(record);
        page.Line(Line(record));
        if (record.Truncated is true)
            page.Line("The text is longer than the model's maximum length and was truncated.");
        if (record.Unknown is true)
            page.Line("More than a third of the text's tokens are unknown to the model, so the prediction says little.");
        page.Line($"scored by {PrintableText.OneLine(record.Model ?? "")}");
    }

    /// <summary><c>pos  ███████████████████░  96.2 %</c></summary>
    public static string Line(ScoreRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        return record switch
        {
            { Label: { } name, Scores: [var value] } => string.Create(CultureInfo.InvariantCulture, $"{PrintableText.OneLine(name)}  {value:0.####}"),
            { Label: { } label, Score: { } score } => $"{PrintableText.OneLine(label)}  {Quantity.Bar(score, BarWidth)}  {Quantity.Percent(score)}",
            _ => $"error: {record.Error}",
        };
    }
}
