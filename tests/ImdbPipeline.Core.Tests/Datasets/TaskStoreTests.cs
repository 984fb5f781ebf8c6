using System.Text;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Preparing;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Uploads;
using ImdbPipeline.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace ImdbPipeline.Core.Tests.Datasets;

[Slow]
public sealed class TaskStoreTests(AzuriteFixture azurite)
{
    private static readonly string[] Sentiment = ["neg", "pos"], Tickets = ["bug", "invoice", "question"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_dataset_without_a_folder_belongs_to_the_default_task()
    {
        var storage = await azurite.NewStorageAsync(Cancellation);

        Assert.Equal(LabelledTask.Default, await IngestAsync(storage, "films.csv", Sentiment));
        Assert.Equal(LabelledTask.Default, await IngestAsync(storage, "more-films.csv", Sentiment));
        Assert.Equal(Sentiment, (await Tasks(storage).FindAsync(LabelledTask.Default, Cancellation))!.Labels);
    }

    [Fact]
    public async Task A_dataset_in_a_folder_belongs_to_the_task_of_that_name()
    {
        var storage = await azurite.NewStorageAsync(Cancellation);

        Assert.Equal("support", await IngestAsync(storage, "support/january/tickets.csv", Tickets));
        Assert.Equal("support", await IngestAsync(storage, "support/february/tickets.csv", Tickets, seed: 2));
        Assert.Equal(["support"], (await Tasks(storage).ListAsync(Cancellation)).Select(task => task.Name));
    }

    [Fact]
    public async Task A_dataset_whose_labels_differ_from_those_of_its_task_becomes_a_task_named_after_itself()
    {
        var storage = await azurite.NewStorageAsync(Cancellation);
        await IngestAsync(storage, "films.csv", Sentiment);

        Assert.Equal("tickets", await IngestAsync(storage, "tickets.csv", Tickets));
        Assert.Equal("tickets", await IngestAsync(storage, "tickets.csv", Tickets, seed: 2));
        Assert.Equal("tickets-2", await IngestAsync(storage, "tickets.csv", ["bug", "invoice"], seed: 3));
    }

    [Fact]
    public async Task The_settings_next_to_an_archive_may_name_its_task()
    {
        var storage = await azurite.NewStorageAsync(Cancellation);
        await storage.Datasets.GetBlobClient("tickets.csv.settings.json").UploadAsync(new BinaryData("""{"task": "support"}"""), Cancellation);

        Assert.Equal("support", await IngestAsync(storage, "tickets.csv", Tickets));
    }

    [Fact]
    public async Task The_same_archive_in_two_tasks_is_two_datasets()
    {
        var storage = await azurite.NewStorageAsync(Cancellation);

        Assert.Equal(LabelledTask.Default, await IngestAsync(storage, "tickets.csv", Tickets));
        Assert.Equal("support", await IngestAsync(storage, "support/tickets.csv", Tickets));
        Assert.Equal("support", (await new DatasetStore(storage).FindNewestAsync("support", Cancellation))!.Task);
        Assert.Equal(LabelledTask.Default, (await new DatasetStore(storage).FindNewestAsync(LabelledTask.Default, Cancellation))!.Task);
    }

    [Fact]
    public async Task Many_hosts_that_ingest_datasets_with_different_labels_at_once_never_mix_them()
    {
        var storage = await azurite.NewStorageAsync(Cancellation);

        var tasks = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Tasks(storage).AssignAsync(LabelledTask.Default, $"dataset-{i % 4}", [$"label-{i % 4}", "other"], Cancellation)));

        Assert.Equal(4, tasks.Distinct().Count());
        Assert.Contains(LabelledTask.Default, tasks);
        for (var i = 0; i < tasks.Length; i++)
            Assert.True((await Tasks(storage).FindAsync(tasks[i], Cancellation))!.HasLabels(["other", $"label-{i % 4}"]));
    }

    [Theory]
    [InlineData("reviews.jsonl", LabelledTask.Default)]
    [InlineData("support/reviews.jsonl", "support")]
    [InlineData("support/2026/reviews.jsonl", "support")]
    [InlineData("elsewhere/reviews.jsonl", LabelledTask.Default)]
    [InlineData("_work/reviews.jsonl", LabelledTask.Default)]
    public async Task An_incoming_file_belongs_to_the_task_of_its_first_folder_if_there_is_one(string file, string task)
    {
        var storage = await azurite.NewStorageAsync(Cancellation);
        await Tasks(storage).AssignAsync("support", "tickets", Tickets, Cancellation);

        Assert.Equal(task, await Tasks(storage).OfIncomingAsync(file, Cancellation));
    }

    [Theory]
    [InlineData("tickets", true)]
    [InlineData("Filmkritiken 2026 ä", true)]
    [InlineData("_tasks", false)]
    [InlineData("..", false)]
    [InlineData("a/b", false)]
    [InlineData("a?b", false)]
    [InlineData("", false)]
    [InlineData("a\u0001b", false)]
    public void A_name_of_a_task_is_safe_in_paths(string name, bool isName) => Assert.Equal(isName, TaskStore.IsName(name));

    private static TaskStore Tasks(PipelineStorage storage) => new(storage, TimeProvider.System);

    /// <returns>The dataset's task.</returns>
    private static async Task<string> IngestAsync(PipelineStorage storage, string archive, string[] labels, int seed = 1)
    {
        var table = new StringBuilder("text,label\n");
        foreach (var (i, label) in Enumerable.Range(0, 24).Select(i => (i, labels[i % labels.Length])))
            table.Append(System.Globalization.CultureInfo.InvariantCulture, $"text {i} of {seed},{label}\n");
        await storage.Datasets.GetBlobClient(archive).UploadAsync(new BinaryData(table.ToString()), overwrite: true, Cancellation);
        using var handler = new IngestDatasetHandler(storage, TimeProvider.System, new IngestOptions(), NullLogger<IngestDatasetHandler>.Instance);
        await handler.HandleAsync(archive, Cancellation);
        var record = (await storage.FindArchiveRecordAsync(archive, etag: null, Cancellation))!;
        return (await new DatasetStore(storage).FindAsync(record.Dataset!, record.Version!, Cancellation))!.Task!;
    }
}
