using System.Globalization;
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
        var grid = new Grid().AddColumn().AddColumn();
        Row("run", run.Run);
        Row("state", $"{run.State}".ToLowerInvariant());
        Row("dataset", run.Dataset);
        Row("auxiliary", run.AuxiliaryDatasets.Count > 0 ? string.Join(", ", run.AuxiliaryDatasets) : null);
        Row("base model", run.BaseModel);
        Row("steps", run.TotalSteps > 0 ? $"{Quantity.Count(run.Step)} of {Quantity.Count(run.TotalSteps)}" : null);
        Row("duration", run is { StartedAt: { } start, FinishedAt: { } end } ? Quantity.Time(end - start) : null);
        foreach (var (name, value) in run.Metrics.OrderBy(metric => metric.Key, StringComparer.Ordinal))
            Row(name, value.ToString("0.####", CultureInfo.InvariantCulture));
        foreach (var note in Notes(run))
            Row("note", note);
        Row("model", run.Model);
        Row("promotion", run.Promotion);
        Row("reason", run.Reason);
        page.Write(grid);

        // Runs recorded earlier have no notes.
        static IEnumerable<string> Notes(RunRecord run) =>
            run.Notes.Count == 0 && BaselineComparison.DescribeShortfall(run.Metrics) is { } shortfall ? [shortfall] : run.Notes;

        void Row(string name, string? value)
        {
            if (value is not null)
                grid.AddRow(new Text(name), new Text(value));
        }
    }
}
