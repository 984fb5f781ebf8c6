using ImdbPipeline.Core.Registry;
using ImdbPipeline.Core.Runs;
using Spectre.Console;

namespace ImdbPipeline.Cli.Screens;

/// <summary>A finished training run.</summary>
public static class RunScreen
{
    public static void Show(IAnsiConsole page, RunRecord run)
    {
        ArgumentNullException.ThrowIfNull(page);
        ArgumentNullException.ThrowIfNull(run);
        var facts = new Facts();
        facts.Add("run", run.Run);
        facts.Add("state", $"{run.State}".ToLowerInvariant());
        facts.Add("task", run.Task);
        facts.Add("dataset", run.Dataset);
        facts.Add("auxiliary", string.Join(", ", run.AuxiliaryDatasets));
        facts.Add("base model", run.BaseModel);
        facts.Add("steps", run.TotalSteps > 0 ? $"{Quantity.Count(run.Step)} of {Quantity.Count(run.TotalSteps)}" : null);
        facts.Add("duration", run is { StartedAt: { } start, FinishedAt: { } end } ? Quantity.Time(end - start) : null);
        facts.Add("model", run.Model);
        facts.Add("promotion", run.Promotion);
        facts.Add("reason", run.Reason);
        foreach (var note in Notes(run))
            facts.Add("note", note);
        facts.Show(page);
        if (run.Metrics.Count > 0)
        {
            page.Line();
            MetricsScreen.Show(page, run.Metrics);
        }

        // Runs recorded earlier have no notes.
        static IEnumerable<string> Notes(RunRecord run) =>
            run.Notes.Count == 0 && BaselineComparison.DescribeShortfall(run.Metrics) is { } shortfall ? [shortfall] : run.Notes;
    }
}
