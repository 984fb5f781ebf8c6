using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Operations;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Core.Tests.Operations;

/// <summary>Two tasks side by side, from the retrain message to the scores.</summary>
[Slow]
public sealed class TasksTests(AzuriteFixture azurite)
{
    private const string Tickets = "tickets";

    private static readonly string[] TicketLabels = ["bug", "invoice", "question"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_task_has_its_own_champion_and_history()
    {
        await using var pipeline = await StartAsync();
        await pipeline.PublishAsync("sentiment-1", 0.99);
        await pipeline.PublishAsync("tickets-1", 0.6, task: Tickets, labels: TicketLabels);
        await pipeline.PublishAsync("tickets-2", 0.7, task: Tickets, labels: TicketLabels);

        await pipeline.Registry.PromoteAsync(LabelledTask.Default, "sentiment-1", "run-1", aboveBaseline: false, Cancellation);
        await pipeline.Registry.PromoteAsync(Tickets, "tickets-1", "run-2", aboveBaseline: false, Cancellation);
        await pipeline.Registry.PromoteAsync(Tickets, "tickets-2", "run-3", aboveBaseline: false, Cancellation);
        Assert.Equal("tickets-1", (await pipeline.Registry.RollbackAsync(Tickets, "someone", Cancellation)).Model);

        Assert.Equal("sentiment-1", Assert.Single((await pipeline.Registry.ReadChampionAsync(LabelledTask.Default, Cancellation)).History).Model);
    }

    [Fact]
    public async Task A_model_with_other_labels_never_becomes_champion_of_a_task()
    {
        await using var pipeline = await StartAsync();
        await pipeline.PublishChampionAsync("sentiment-1", 0.5);
        await pipeline.PublishAsync("tickets-1", 1, task: Tickets, labels: TicketLabels);

        var outcome = await pipeline.Registry.PromoteAsync(LabelledTask.Default, "tickets-1", "run", aboveBaseline: false, Cancellation);

        Assert.Equal((false, "its labels (bug, invoice, question) are not those of task default (neg, pos)"), (outcome.Promoted, outcome.Reason));
        var rejected = await Assert.ThrowsAsync<InputRejectedException>(() => pipeline.Registry.PinAsync(LabelledTask.Default, "tickets-1", "someone", Cancellation));
        Assert.Equal(ErrorRules.TaskLabelsDiffer.Id, rejected.Rule);
    }

    [Fact]
    public async Task A_retrain_message_trains_on_the_newest_dataset_of_its_task()
    {
        await using var pipeline = await StartAsync();
        await pipeline.PrepareDatasetAsync("films", "1111111111111111", task: LabelledTask.Default);
        await pipeline.PrepareDatasetAsync("calls", "2222222222222222", minutes: 1, task: Tickets, labels: TicketLabels);

        Assert.Equal((LabelledTask.Default, "films/1111111111111111"), await PlanAsync(pipeline, "{}"));
        Assert.Equal((Tickets, "calls/2222222222222222"), await PlanAsync(pipeline, """{"task": "tickets"}"""));
        Assert.Equal((Tickets, "calls/2222222222222222"), await PlanAsync(pipeline, """{"dataset": "calls"}"""));
    }

    [Theory]
    [InlineData("""{"task": "calls"}""", "expected a prepared dataset of task 'calls', found none; other tasks: tickets")]
    [InlineData("""{"task": "_x"}""", "setting task: expected the name of a task, found '_x'")]
    [InlineData("""{"task": "tickets", "dataset": "films"}""", "expected a dataset of task 'tickets', found 'films' of task 'default'")]
    public async Task A_retrain_message_for_a_task_without_such_a_dataset_is_rejected(string message, string reason)
    {
        await using var pipeline = await StartAsync();
        await pipeline.PrepareDatasetAsync("films", "1111111111111111", task: LabelledTask.Default);

        await PlanAsync(pipeline, message);

        var run = Assert.Single(await pipeline.Get<RunStore>().ListAsync(10, Cancellation));
        Assert.Equal(RunState.Rejected, run.State);
        Assert.Contains(reason, run.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_incoming_file_is_scored_by_the_champion_of_its_task_and_waits_without_one()
    {
        await using var pipeline = await StartAsync();
        await pipeline.PublishChampionAsync("sentiment-1");
        await pipeline.UploadAsync("reviews.jsonl", """{"text": "good"}""");
        await pipeline.UploadAsync("tickets/calls.jsonl", """{"text": "good"}""");

        await pipeline.PlanAsync("reviews.jsonl");
        await pipeline.PlanAsync("tickets/calls.jsonl");
        await pipeline.ScoreShardsAsync();

        Assert.Equal("sentiment-1", (await pipeline.FindScoresAsync<ScoreSummary>(StorageLayout.ScoreSummary("reviews.jsonl")))!.Model);
        Assert.Null(await pipeline.FindScoresAsync<ScoreSummary>(StorageLayout.ScoreSummary("tickets/calls.jsonl")));

        await pipeline.PublishAsync("tickets-1", 0.9, task: Tickets, labels: TicketLabels);
        await pipeline.Registry.PinAsync(Tickets, "tickets-1", "someone", Cancellation);
        await pipeline.PlanAsync("tickets/calls.jsonl");
        await pipeline.ScoreShardsAsync();
        Assert.Equal("tickets-1", (await pipeline.FindScoresAsync<ScoreSummary>(StorageLayout.ScoreSummary("tickets/calls.jsonl")))!.Model);
    }

    [Fact]
    public async Task A_request_is_answered_by_the_champion_of_its_task()
    {
        await using var pipeline = await StartAsync();
        await pipeline.PublishChampionAsync("sentiment-1");
        await pipeline.PublishAsync("tickets-1", 0.9, task: Tickets, labels: TicketLabels);
        await pipeline.Registry.PinAsync(Tickets, "tickets-1", "someone", Cancellation);
        var request = ScoreRequest.Of("good");
        var handler = pipeline.Get<ScoreRequestHandler>();

        Assert.Equal("sentiment-1", (await handler.HandleAsync(request, Cancellation))[0].Model);
        Assert.Equal("tickets-1", (await handler.HandleAsync(request.For(Tickets), Cancellation))[0].Model);
        await Assert.ThrowsAsync<NoChampionException>(() => handler.HandleAsync(request.For("calls"), Cancellation));
    }

    [Fact]
    public async Task The_status_names_each_task_with_its_champion()
    {
        await using var pipeline = await StartAsync();
        await pipeline.PublishChampionAsync("sentiment-1");

        var status = await pipeline.Get<StatusHandler>().HandleAsync(Cancellation);

        Assert.Equal([(LabelledTask.Default, "sentiment-1"), (Tickets, null)], status.Tasks.Select(task => (task.Task, task.Champion)));
        Assert.Equal(TicketLabels, status.Tasks[1].Labels);
    }

    [Fact]
    public async Task A_storage_from_before_there_were_tasks_goes_on_with_its_champion_datasets_and_history()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.PrepareDatasetAsync("films", "1111111111111111");
        await pipeline.PrepareDatasetAsync("calls", "2222222222222222", minutes: 1, labels: TicketLabels);
        await pipeline.PublishAsync("sentiment-1", 0.8);
        await pipeline.PublishAsync("sentiment-2", 0.9);
        const string Earlier = """
            {"model": "sentiment-1", "history": [{"action": "promote", "model": "sentiment-1", "validationAccuracy": 0.8, "by": "run-1", "at": "2026-01-01T00:00:00+00:00"}]}
            """;
        await pipeline.Storage.Models.GetBlobClient("champion.json").UploadAsync(new BinaryData(Earlier), Cancellation);

        Assert.Equal("sentiment-1", (await pipeline.Registry.ReadChampionAsync(LabelledTask.Default, Cancellation)).Model);
        Assert.Equal((LabelledTask.Default, "films/1111111111111111"), await PlanAsync(pipeline, """{"dataset": "films"}"""));
        Assert.Equal(("calls", "calls/2222222222222222"), await PlanAsync(pipeline, """{"dataset": "calls"}"""));
        Assert.Equal((LabelledTask.Default, "films/1111111111111111"), await PlanAsync(pipeline, "{}"));
        await pipeline.Registry.PromoteAsync(LabelledTask.Default, "sentiment-2", "run-2", aboveBaseline: false, Cancellation);

        Assert.Equal(["sentiment-1", "sentiment-2"], (await pipeline.Registry.ReadChampionAsync(LabelledTask.Default, Cancellation)).History.Select(step => step.Model));
        Assert.Equal("sentiment-1", (await pipeline.Registry.RollbackAsync(LabelledTask.Default, "someone", Cancellation)).Model);
        Assert.Equal(Earlier, (await pipeline.Storage.Models.GetBlobClient("champion.json").DownloadContentAsync(Cancellation)).Value.Content.ToString());
    }

    /// <summary>A pipeline that knows the task <c>tickets</c>.</summary>
    private async Task<PipelineUnderTest> StartAsync()
    {
        var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.Get<TaskStore>().AssignAsync(Tickets, "calls", TicketLabels, Cancellation);
        return pipeline;
    }

    /// <returns>The task and dataset of the run that a message starts.</returns>
    private static async Task<(string? Task, string? Dataset)> PlanAsync(PipelineUnderTest pipeline, string message)
    {
        var delivery = new QueueDelivery(Guid.NewGuid().ToString(), pipeline.Time.GetUtcNow(), message);
        await pipeline.StartTrainingAsync(delivery);
        var run = await pipeline.ReadRunAsync(StartTrainingHandler.RunName(delivery));
        return (run.Task, run.Dataset);
    }
}
