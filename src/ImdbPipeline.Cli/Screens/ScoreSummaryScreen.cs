using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;
using Spectre.Console;

namespace ImdbPipeline.Cli.Screens;

/// <summary>The result of scoring a file.</summary>
public static class ScoreSummaryScreen
{
    public static void Show(IAnsiConsole page, ScoreSummary summary)
    {
        ArgumentNullException.ThrowIfNull(page);
        ArgumentNullException.ThrowIfNull(summary);
        var labels = Quantity.Counts(summary.Labels);
        page.Line($"{summary.File}: {Quantity.Count(summary.Rows)} rows scored by {summary.Model} in {Quantity.Time(summary.FinishedAt - summary.StartedAt)}");
        page.Line($"  {labels}; bad rows: {Quantity.Count(summary.Errors)}; truncated texts: {Quantity.Count(summary.Truncated)}");
        if (summary.Unknown > 0)
            page.Line($"  {Quantity.Count(summary.Unknown)} texts consist largely of tokens that the model does not know: their predictions say little");
        page.Line($"  {StorageLayout.Scores}/{summary.Scores}");
    }
}
