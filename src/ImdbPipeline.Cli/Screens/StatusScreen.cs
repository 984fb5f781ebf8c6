using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Operations;
using ImdbPipeline.Core.Registry;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Storage;
using Spectre.Console;

namespace ImdbPipeline.Cli.Screens;

/// <summary>The state of the pipeline, with a table for each stage that has entries.</summary>
public static class StatusScreen
{
    public static void Show(IAnsiConsole page, PipelineStatus status)
    {
        ArgumentNullException.ThrowIfNull(page);
        ArgumentNullException.ThrowIfNull(status);
        page.Line($"Storage   {status.Storage}");
        foreach (var problem in status.Problems)
            page.Line($"Problem   {PrintableText.OneLine(problem)}");
        foreach (var task in status.Tasks)
        {
            page.Line($"Champion  {task.Champion ?? "none yet"}{(status.Tasks.Count == 1 ? "" : $"  of task {PrintableText.OneLine(task.Task)}")}");
            if (status.Models.FirstOrDefault(m => m.Version == task.Champion) is { } champion && BaselineComparison.DescribeShortfall(champion.Metrics) is { } shortfall)
                page.Line($"          {shortfall}");
        }
        page.Line($"Queues    {string.Join(", ", status.Queues.Where(q => q.ApproximateMessages > 0).Select(q => $"{q.Queue} {q.ApproximateMessages}").DefaultIfEmpty("all empty"))}");

        Section(page, "Datasets", ["task", "dataset", "version", "archive", "texts", "ingested"], status.Datasets, d =>
            [d.Task, d.Dataset, d.Version, d.Archive, string.Join("  ", d.Reviews.Select(split => $"{split.Key} {Quantity.Count(split.Value)}")), ModelsScreen.At(d.CreatedAt)]);
        Section(page, "Training runs", ["run", "task", "state", "progress", "dataset", "model", "note"], status.Runs, r =>
            [r.Run, r.Task ?? "", $"{r.State}".ToLowerInvariant(), Progress(r), r.Dataset ?? "", r.Model ?? "", r.Reason ?? r.Promotion ?? ""]);
        if (status.Runs.FirstOrDefault(r => r.State == RunState.Published) is { Notes.Count: > 0 } newest)
        {
            page.Line($"Notes on {newest.Run}:");
            foreach (var note in newest.Notes)
                page.Line($"- {PrintableText.OneLine(note)}");
        }

        Section(page, "Models", ["", "model", "task", "validation", "test", "dataset", "published"], status.Models, m =>
            [status.Tasks.Any(t => t.Champion == m.Version) ? "*" : "", m.Version, m.Task ?? "", Accuracy(m, "validationAccuracy"), Accuracy(m, "testAccuracy"), m.Dataset ?? "", ModelsScreen.At(m.CreatedAt)]);
        Section(page, "Scoring", ["file", "size", "state", "model", "shards"], status.Incoming, f =>
            [f.File, Quantity.Bytes(f.Bytes), f.State, f.Model ?? "", f.Shards is { } all ? $"{f.ShardsDone ?? 0} of {all}" : ""]);
        Section(page, "Scored", ["file", "state", "rows", "errors", "labels", "model", "finished"], status.Scored, s =>
            [s.File, $"{s.State}".ToLowerInvariant(), Quantity.Count(s.Rows), Quantity.Count(s.Errors),
             string.Join("  ", s.Labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key} {Quantity.Count(l.Value)}")), s.Model, ModelsScreen.At(s.FinishedAt)]);
        Section(page, "Rejected uploads", ["upload", "reason", "at"],
            [.. status.RejectedArchives.Select(r => ($"{StorageLayout.Datasets}/{r.Name}", r)), .. status.RejectedIncoming.Select(r => ($"{StorageLayout.Incoming}/{r.Name}", r))],
            r => [r.Item1, r.r.Reason, ModelsScreen.At(r.r.At)]);
        Section(page, "Poison messages", ["message", "about", "reason", "at"], status.GivenUp, g =>
            [g.MessageId, g.Subject ?? g.Queue, g.Reason, ModelsScreen.At(g.At)]);
    }

    private static string Progress(RunRecord run) =>
        run.TotalSteps > 0 ? $"{Quantity.Count(run.Step)}/{Quantity.Count(run.TotalSteps)}" : "";

    private static string Accuracy(ModelStatus model, string metric) =>
        ModelsScreen.Accuracy(model.Metrics.TryGetValue(metric, out var value) ? value : null);

    private static void Section<T>(IAnsiConsole page, string title, string[] columns, IReadOnlyList<T> rows, Func<T, string[]> cells)
    {
        if (rows.Count == 0)
            return;
        page.Line();
        page.Line(title);
        var table = new Table().SimpleBorder();
        foreach (var column in columns)
            table.AddColumn(column);
        foreach (var row in rows)
            table.AddRow(cells(row).Select(cell => new Text(PrintableText.OneLine(cell))));
        page.Write(table);
    }
}
