using ImdbPipeline.Core.Runs;

namespace ImdbPipeline.Cli.Screens;

/// <summary>The training runs.</summary>
internal static class RunsScreen
{
    public static Listing List(IReadOnlyList<RunRecord> runs)
    {
        var list = new Listing(
            "run", new ListColumn("task") { Rank = 1 }, "state", new ListColumn("steps") { IsNumber = true }, new ListColumn("dataset") { Rank = 3 }, new ListColumn("model") { Rank = 2 },
            new ListColumn("note") { IsText = true });
        foreach (var run in runs)
            list.Add(run.Run, run.Task, $"{run.State}".ToLowerInvariant(), Steps(run), run.Dataset, run.Model, run.Reason ?? run.Promotion);
        return list;
    }

    private static string Steps(RunRecord run) => run.TotalSteps > 0 ? $"{Quantity.Count(run.Step)}/{Quantity.Count(run.TotalSteps)}" : "";
}
