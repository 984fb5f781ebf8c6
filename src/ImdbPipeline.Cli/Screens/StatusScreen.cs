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

        Section(page, "Datasets", DatasetsScreen.List(status.Datasets), status.Datasets.Count);
        Section(page, "Training runs", RunsScreen.List(status.Runs), status.Runs.Count);
        if (status.Runs.FirstOrDefault(r => r.State == RunState.Published) is { Notes.Count: > 0 } newest)
        {
            page.Line($"Notes on {newest.Run}:");
            foreach (var note in newest.Notes)
                page.Line($"- {PrintableText.OneLine(note)}");
        }

        Section(page, "Models", ModelsScreen.List(status.Models, [.. status.Tasks.Select(task => task.Champion).OfType<string>()]), status.Models.Count);
        var scoring = new Listing("file", new ListColumn("size") { IsNumber = true, Rank = 1 }, "state", new ListColumn("model") { Rank = 2 }, "shards");
        foreach (var file in status.Incoming)
            scoring.Add(file.File, Quantity.Bytes(file.Bytes), file.State, file.Model, file.Shards is { } all ? $"{file.ShardsDone ?? 0} of {all}" : "");
        Section(page, "Scoring", scoring, status.Incoming.Count);
        var scored = new Listing(
            "file", "state", new ListColumn("rows") { IsNumber = true }, new ListColumn("errors") { IsNumber = true }, new ListColumn("model") { Rank = 2 }, new ListColumn("finished") { Rank = 1 },
            new ListColumn("labels") { IsText = true });
        foreach (var file in status.Scored)
            scored.Add(
                file.File, $"{file.State}".ToLowerInvariant(), Quantity.Count(file.Rows), Quantity.Count(file.Errors), file.Model, ModelsScreen.At(file.FinishedAt),
                string.Join(", ", file.Labels.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key} {Quantity.Count(label.Value)}")));
        Section(page, "Scored", scored, status.Scored.Count);
        var rejected = new Listing("upload", "at", new ListColumn("reason") { IsText = true });
        foreach (var upload in status.RejectedArchives)
            rejected.Add($"{StorageLayout.Datasets}/{upload.Name}", ModelsScreen.At(upload.At), upload.Reason);
        foreach (var upload in status.RejectedIncoming)
            rejected.Add($"{StorageLayout.Incoming}/{upload.Name}", ModelsScreen.At(upload.At), upload.Reason);
        Section(page, "Rejected uploads", rejected, status.RejectedArchives.Count + status.RejectedIncoming.Count);
        var poison = new Listing("message", "about", new ListColumn("at") { Rank = 1 }, new ListColumn("reason") { IsText = true });
        foreach (var message in status.GivenUp)
            poison.Add(message.MessageId, message.Subject ?? message.Queue, ModelsScreen.At(message.At), message.Reason);
        Section(page, "Poison messages", poison, status.GivenUp.Count);
    }

    private static void Section(IAnsiConsole page, string title, Listing rows, int count)
    {
        if (count == 0)
            return;
        page.Line();
        page.Line(title);
        rows.Show(page);
    }
}
