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
        foreach (var host in status.Hosts)
            page.Line($"Host      {PrintableText.OneLine(host.Host)}, since {ModelsScreen.At(host.StartedAt)}");
        foreach (var problem in status.Problems)
            page.Line($"Problem   {PrintableText.OneLine(problem)}");
        // The default task is listed always, even if it is not used.
        foreach (var task in status.Tasks.Where(task => status.Tasks.Count == 1 || task.Champion is not null || task.Labels.Count > 0))
        {
            page.Line($"Champion  {task.Champion ?? "none yet"}{(status.Tasks.Count == 1 ? "" : $"  of task {PrintableText.OneLine(task.Task)}")}");
            if (status.Models.FirstOrDefault(m => m.Version == task.Champion) is { } champion && BaselineComparison.DescribeShortfall(champion.Metrics) is { } shortfall)
                page.Line($"          {shortfall}");
        }
        page.Line($"Queues    {string.Join(", ", status.Queues.Where(q => q.ApproximateMessages > 0).Select(q => $"{q.Queue} {q.ApproximateMessages}").DefaultIfEmpty("all empty"))}");

        Section(page, "Datasets", DatasetsScreen.List(status.Datasets));
        Section(page, "Training runs", RunsScreen.List(status.Runs));
        if (status.Runs.FirstOrDefault(r => r.State == RunState.Published) is { Notes.Count: > 0 } newest)
        {
            page.Line($"Notes on {newest.Run}:");
            foreach (var note in newest.Notes)
                page.Line($"- {PrintableText.OneLine(note)}");
        }

        Section(page, "Models", ModelsScreen.List(status.Models, [.. status.Tasks.Select(task => task.Champion).OfType<string>()]));
        var scoring = new Listing("file", new ListColumn("size") { IsNumber = true, Rank = 1 }, "state", new ListColumn("model") { Rank = 2 }, "shards");
        foreach (var file in status.Incoming)
            scoring.Add(file.File, Quantity.Bytes(file.Bytes), file.State, file.Model, file.Shards is { } all ? $"{file.ShardsDone ?? 0} of {all}" : "");
        Section(page, "Scoring", scoring);
        var scored = new Listing(
            "file", "state", new ListColumn("rows") { IsNumber = true }, new ListColumn("errors") { IsNumber = true }, new ListColumn("model") { Rank = 2 }, new ListColumn("finished") { Rank = 1 },
            new ListColumn("labels") { IsText = true });
        foreach (var file in status.Scored)
            scored.Add(
                file.File, $"{file.State}".ToLowerInvariant(), Quantity.Count(file.Rows), Quantity.Count(file.Errors), file.Model, ModelsScreen.At(file.FinishedAt),
                Quantity.Counts(file.Labels));
        Section(page, "Scored", scored);
        var rejected = new Listing("upload", "at", new ListColumn("reason") { IsText = true });
        foreach (var upload in status.RejectedArchives)
            rejected.Add($"{StorageLayout.Datasets}/{upload.Name}", ModelsScreen.At(upload.At), upload.Reason);
        foreach (var upload in status.RejectedIncoming)
            rejected.Add($"{StorageLayout.Incoming}/{upload.Name}", ModelsScreen.At(upload.At), upload.Reason);
        Section(page, "Rejected uploads", rejected);
        var poison = new Listing("message", "about", new ListColumn("at") { Rank = 1 }, new ListColumn("reason") { IsText = true });
        foreach (var message in status.GivenUp)
            poison.Add(message.MessageId, message.Subject ?? message.Queue, ModelsScreen.At(message.At), message.Reason);
        Section(page, "Poison messages", poison);
    }

    private static void Section(IAnsiConsole page, string title, Listing rows)
    {
        if (rows.IsEmpty)
            return;
        page.Line();
        page.Line(title);
        rows.Show(page);
    }
}
