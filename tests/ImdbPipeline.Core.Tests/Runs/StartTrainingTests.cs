using System.Text.Json;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Core.Tests.Runs;

[Slow]
public sealed class StartTrainingTests(AzuriteFixture azurite)
{
    private static readonly DateTimeOffset Inserted = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_empty_object_trains_on_the_newest_dataset()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.PrepareDatasetAsync("newer", "00000000000000bb", minutes: 5);
        await pipeline.PrepareDatasetAsync("older", "00000000000000aa");
        var message = Message("{}");

        await pipeline.StartTrainingAsync(message);

        var run = await pipeline.ReadRunAsync(StartTrainingHandler.RunName(message));
        Assert.StartsWith("20260304-050607-", run.Run, StringComparison.Ordinal);
        Assert.Equal((RunState.Queued, "newer/00000000000000bb", null), (run.State, run.Dataset, run.Reason));
        Assert.Equal([run.Run], await JobsAsync(pipeline));
    }

    [Fact]
    public async Task A_retrain_message_delivered_twice_creates_one_run_and_one_job()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.PrepareDatasetAsync("reviews", "00000000000000aa");
        var message = Message("""{"dataset": "reviews", "epochs": 2}""");

        await pipeline.StartTrainingAsync(message);
        await pipeline.StartTrainingAsync(message);

        var run = Assert.Single(await pipeline.Get<RunStore>().ListAsync(10, Cancellation));
        Assert.Equal((2, "reviews/00000000000000aa"), (run.Request.Epochs, run.Dataset));
        Assert.Equal([run.Run], await JobsAsync(pipeline));
    }

    [Fact]
    public async Task Auxiliary_datasets_are_recorded_with_their_newest_versions_in_the_requested_order()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.PrepareDatasetAsync("books", "00000000000000bb");
        await pipeline.PrepareDatasetAsync("books", "00000000000000cc", minutes: 5);
        await pipeline.PrepareDatasetAsync("reviews", "00000000000000aa");
        await pipeline.PrepareDatasetAsync("tweets", "00000000000000dd");
        var message = Message("""{"dataset": "reviews", "auxiliaryDatasets": ["tweets/00000000000000dd", "books"]}""");

        await pipeline.StartTrainingAsync(message);

        var run = await pipeline.ReadRunAsync(StartTrainingHandler.RunName(message));
        Assert.Equal("reviews/00000000000000aa", run.Dataset);
        Assert.Equal(["tweets/00000000000000dd", "books/00000000000000cc"], run.AuxiliaryDatasets);
    }

    [Fact]
    public async Task Further_pretraining_settings_are_kept_in_the_run_record()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.PrepareDatasetAsync("reviews", "00000000000000aa");
        var message = Message("""{"furtherPretraining": {"maxSteps": 50, "mlmProbability": 0.2}, "promote": "aboveBaseline"}""");

        await pipeline.StartTrainingAsync(message);

        var run = await pipeline.ReadRunAsync(StartTrainingHandler.RunName(message));
        Assert.Equal(new FurtherPretraining { MaxSteps = 50, MlmProbability = 0.2 }, run.Request.FurtherPretraining);
        Assert.Equal(PromotionMode.AboveBaseline, run.Request.Promote);
        Assert.Empty(run.AuxiliaryDatasets);
    }

    [Fact]
    public async Task Two_messages_with_the_same_body_create_two_runs()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.PrepareDatasetAsync("reviews", "00000000000000aa");

        await pipeline.StartTrainingAsync(Message("{}", id: "one"));
        await pipeline.StartTrainingAsync(Message("{}", id: "two"));

        Assert.Equal(2, (await JobsAsync(pipeline)).Distinct().Count());
    }

    [Fact]
    public async Task After_a_crash_between_record_and_job_the_next_delivery_queues_the_job()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        var message = Message("{}");
        var run = new RunRecord { Run = StartTrainingHandler.RunName(message), State = RunState.Queued, Request = new RetrainRequest(), Dataset = "reviews/1", CreatedAt = Inserted };
        await pipeline.Get<RunStore>().CreateAsync(run, Cancellation);

        await pipeline.StartTrainingAsync(message);

        Assert.Equal([run.Run], await JobsAsync(pipeline));
    }

    [Theory]
    [InlineData("", "found nothing")]
    [InlineData("not json", "a JSON object")]
    [InlineData("null", "found a JSON null")]
    [InlineData("[]", "found a JSON array")]
    [InlineData("""{"epoch": 2}""", "found 'epoch'")]
    [InlineData("""{"Epochs": 2}""", "found 'Epochs'")]
    [InlineData("""{"epochs": 1, "epochs": 2}""", "'epochs' twice")]
    [InlineData("""{"epochs": "two"}""", """setting epochs: expected a whole number of at most 2147483647, found "two".""")]
    [InlineData("""{"epochs": 1.5}""", "setting epochs")]
    [InlineData("""{"epochs": 1e40}""", "setting epochs")]
    [InlineData("""{"epochs": 0}""", "from 1 to 100, found 0")]
    [InlineData("""{"learningRate": -1}""", "setting learningRate")]
    [InlineData("""{"learningRate": "NaN"}""", "setting learningRate: expected a number")]
    [InlineData("""{"truncation": "middle"}""", "one of head, tail, headTail")]
    [InlineData("""{"truncation": 1}""", "one of head, tail, headTail")]
    [InlineData("""{"furtherPretraining": {"batchsize": 8}}""", "found 'furtherPretraining.batchsize'")]
    [InlineData("""{"auxiliaryDatasets": ["absent"]}""", "setting auxiliaryDatasets[0]: expected a prepared dataset or version, found 'absent', which does not exist")]
    [InlineData("""{"auxiliaryDatasets": ["books", "reviews"]}""", "setting auxiliaryDatasets[1]: expected a dataset version that the run does not already train on, found 'reviews' (reviews/00000000000000aa)")]
    [InlineData("""{"auxiliaryDatasets": ["books", "books/00000000000000cc"]}""", "found 'books/00000000000000cc' (books/00000000000000cc)")]
    [InlineData("""{"dataset": "../models"}""", "setting dataset")]
    [InlineData("""{"dataset": "a/b/c"}""", "setting dataset")]
    [InlineData("""{"dataset": "absent"}""", "'absent', which does not exist")]
    [InlineData("""{"dataset": "reviews/00000000000000ff"}""", "which does not exist")]
    [InlineData("""{"baseModel": " "}""", "setting baseModel")]
    [InlineData("""{"teacher": " "}""", "setting teacher")]
    public async Task An_invalid_message_creates_a_rejected_run_with_the_reason_and_no_job(string body, string reason)
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.PrepareDatasetAsync("books", "00000000000000cc");
        await pipeline.PrepareDatasetAsync("reviews", "00000000000000aa", minutes: 5);
        var message = Message(body);

        await pipeline.StartTrainingAsync(message);

        var run = await pipeline.ReadRunAsync(StartTrainingHandler.RunName(message));
        Assert.Equal(RunState.Rejected, run.State);
        Assert.Contains(reason, run.Reason, StringComparison.Ordinal);
        Assert.Empty(await JobsAsync(pipeline));
    }

    [Fact]
    public async Task A_message_without_any_dataset_is_rejected_and_stays_rejected_when_redelivered()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.StartTrainingAsync(Message("{}"));
        await pipeline.PrepareDatasetAsync("reviews", "00000000000000aa");

        await pipeline.StartTrainingAsync(Message("{}"));

        var run = Assert.Single(await pipeline.Get<RunStore>().ListAsync(10, Cancellation));
        Assert.Equal(RunState.Rejected, run.State);
        Assert.Empty(await JobsAsync(pipeline));
    }

    private static QueueDelivery Message(string body, string id = "7d2c6f3e") => new(id, Inserted, body);

    private static async Task<IReadOnlyList<string>> JobsAsync(PipelineUnderTest pipeline) =>
        [.. (await pipeline.TakeAsync(StorageLayout.TrainingJobsQueue)).Select(body => JsonSerializer.Deserialize<TrainingJob>(body, PipelineJson.Message)!.Run)];
}
