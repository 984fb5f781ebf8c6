using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Operations;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Uploads;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Core.Tests.Operations;

[Slow]
public sealed class PoisonTests(AzuriteFixture azurite)
{
    private static readonly DateTimeOffset Inserted = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_poison_training_job_fails_its_run()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await CreateRunAsync(pipeline, "20260101-000000-aa", RunState.Training);

        await PoisonAsync(pipeline, StorageLayout.TrainingJobsPoisonQueue, """{"run": "20260101-000000-aa"}""");

        var run = await pipeline.ReadRunAsync("20260101-000000-aa");
        Assert.Equal(RunState.Failed, run.State);
        Assert.Contains("last Training at step 7 of 9", run.Reason, StringComparison.Ordinal);
        Assert.Equal((run.Reason, "run 20260101-000000-aa"), await RecordAsync(pipeline, StorageLayout.TrainingJobsPoisonQueue));
    }

    [Fact]
    public async Task A_published_run_stays_published()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await CreateRunAsync(pipeline, "20260101-000000-aa", RunState.Published);

        await PoisonAsync(pipeline, StorageLayout.TrainingJobsPoisonQueue, """{"run": "20260101-000000-aa"}""");

        Assert.Equal(RunState.Published, (await pipeline.ReadRunAsync("20260101-000000-aa")).State);
    }

    [Fact]
    public async Task A_poison_retrain_message_fails_the_run_it_created()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await CreateRunAsync(pipeline, "20260101-000000-aa", RunState.Queued, new RetrainRequest { Epochs = 3 });
        await CreateRunAsync(pipeline, "20260102-000000-bb", RunState.Queued, new RetrainRequest { Epochs = 4 });

        await PoisonAsync(pipeline, StorageLayout.RetrainPoisonQueue, """{"epochs": 3}""");

        Assert.Equal(RunState.Failed, (await pipeline.ReadRunAsync("20260101-000000-aa")).State);
        Assert.Equal(RunState.Queued, (await pipeline.ReadRunAsync("20260102-000000-bb")).State);
        Assert.Equal(2, (await pipeline.Get<RunStore>().ListAsync(10, Cancellation)).Count);
    }

    [Fact]
    public async Task A_poison_retrain_message_with_auxiliary_datasets_fails_the_run_it_created()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await CreateRunAsync(pipeline, "20260101-000000-aa", RunState.Queued, new RetrainRequest { AuxiliaryDatasets = ["books", "tweets"] });
        await CreateRunAsync(pipeline, "20260102-000000-bb", RunState.Queued, new RetrainRequest { AuxiliaryDatasets = ["books"] });

        await PoisonAsync(pipeline, StorageLayout.RetrainPoisonQueue, """{"auxiliaryDatasets": ["books", "tweets"]}""");

        Assert.Equal(RunState.Failed, (await pipeline.ReadRunAsync("20260101-000000-aa")).State);
        Assert.Equal(RunState.Queued, (await pipeline.ReadRunAsync("20260102-000000-bb")).State);
        Assert.Equal(2, (await pipeline.Get<RunStore>().ListAsync(10, Cancellation)).Count);
    }

    [Theory]
    [InlineData("""{"epochs": 3}""", RunState.Failed)]
    [InlineData("""{"epochs": -3}""", RunState.Rejected)]
    public async Task A_poison_retrain_message_without_a_run_is_recorded_as_a_run(string body, RunState state)
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);

        await PoisonAsync(pipeline, StorageLayout.RetrainPoisonQueue, body);

        Assert.Equal(state, Assert.Single(await pipeline.Get<RunStore>().ListAsync(10, Cancellation)).State);
    }

    [Fact]
    public async Task A_poison_shard_message_fails_its_file_with_the_reason_and_leaves_no_partial_result()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.PublishChampionAsync("m1");
        await pipeline.UploadAsync("reviews.txt", string.Concat(Enumerable.Repeat("good\n", 6)));
        await pipeline.PlanAsync("reviews.txt");
        await pipeline.ScoreShardsAsync(most: 1);
        pipeline.Scorers.Remove("m1");
        var body = Assert.Single(await pipeline.TakeAsync(StorageLayout.ScoringShardsQueue));
        await Assert.ThrowsAsync<InputRejectedException>(() => pipeline.Get<ScoreShardHandler>().HandleAsync(body, Cancellation));

        await PoisonAsync(pipeline, StorageLayout.ScoringShardsPoisonQueue, body);
        await PoisonAsync(pipeline, StorageLayout.ScoringShardsPoisonQueue, body);

        var summary = await pipeline.FindScoresAsync<ScoreSummary>("reviews.txt.summary.json");
        Assert.Equal((ScoreState.Failed, null, 6), (summary!.State, summary.Scores, summary.Rows));
        Assert.Contains("model m1: expected a published model, found none", summary.Reason, StringComparison.Ordinal);
        Assert.Equal((summary.Reason, "incoming/reviews.txt"), await RecordAsync(pipeline, StorageLayout.ScoringShardsPoisonQueue));
        Assert.Equal(["_work/" + summary.Plan + "/plan.json", "reviews.txt.summary.json"], await pipeline.ListScoresAsync());
    }

    [Fact]
    public async Task The_record_of_a_poison_blob_event_names_the_blob_and_why_it_was_rejected()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.UploadAsync("reviews.pdf", "x");
        var rejected = await Assert.ThrowsAsync<InputRejectedException>(() => pipeline.PlanAsync("reviews.pdf"));

        await PoisonAsync(pipeline, StorageLayout.BlobTriggerPoisonQueue, """{"Type":"BlobTrigger","FunctionId":"ScoreIncoming","BlobType":"BlockBlob","ContainerName":"incoming","BlobName":"reviews.pdf","ETag":"0x1"}""");

        Assert.Equal((rejected.Message, "incoming/reviews.pdf"), await RecordAsync(pipeline, StorageLayout.BlobTriggerPoisonQueue));
    }

    [Theory]
    [InlineData(StorageLayout.RetrainPoisonQueue, "{\"\\ud800\": 1}")]
    [InlineData(StorageLayout.TrainingJobsPoisonQueue, "{}")]
    [InlineData(StorageLayout.TrainingJobsPoisonQueue, "not json")]
    [InlineData(StorageLayout.TrainingJobsPoisonQueue, """{"run": "../../x"}""")]
    [InlineData(StorageLayout.TrainingJobsPoisonQueue, """{"run": "20260101-000000-none"}""")]
    [InlineData(StorageLayout.ScoringShardsPoisonQueue, "not json")]
    [InlineData(StorageLayout.ScoringShardsPoisonQueue, """{"plan": "0123456789abcdef", "shard": 0}""")]
    [InlineData(StorageLayout.BlobTriggerPoisonQueue, "[]")]
    [InlineData(StorageLayout.BlobTriggerPoisonQueue, "")]
    public async Task An_invalid_message_is_recorded_and_not_retried(string queue, string body)
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);

        await PoisonAsync(pipeline, queue, body);

        var record = (await pipeline.Storage.Runs.ReadJsonAsync<PoisonRecord>(StorageLayout.PoisonRecord(queue, "m-1"), Cancellation))!.Value.Value;
        Assert.Equal(body, record.Body);
        Assert.NotEmpty(record.Reason);
    }

    [Theory]
    [InlineData(StorageLayout.TrainingJobsPoisonQueue, """{"run": "20260101-000000-aa"}""", "runs/20260101-000000-aa/run.json")]
    [InlineData(StorageLayout.RetrainPoisonQueue, "{}", "runs/20260101-000000-aa/run.json")]
    [InlineData(StorageLayout.ScoringShardsPoisonQueue, """{"plan": "0123456789abcdef", "shard": 0}""", "scores/_work/0123456789abcdef/plan.json")]
    [InlineData(StorageLayout.BlobTriggerPoisonQueue, """{"ContainerName":"datasets","BlobName":"a.csv"}""", "prepared/_archives/a.csv.json")]
    public async Task A_message_about_a_damaged_record_is_recorded_with_the_damaged_path_and_not_retried(string queue, string body, string damaged)
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        var (container, path) = (damaged[..damaged.IndexOf('/')], damaged[(damaged.IndexOf('/') + 1)..]);
        await pipeline.Storage.Container(container).GetBlobClient(path).UploadAsync(new BinaryData("{ half a reco"), Cancellation);

        await PoisonAsync(pipeline, queue, body);

        Assert.StartsWith($"{damaged}: expected a ", (await RecordAsync(pipeline, queue)).Reason, StringComparison.Ordinal);
    }

    private static Task PoisonAsync(PipelineUnderTest pipeline, string queue, string body) =>
        pipeline.Get<PoisonHandler>().HandleAsync(queue, new QueueDelivery("m-1", Inserted, body), Cancellation);

    private static async Task<(string? Reason, string? Subject)> RecordAsync(PipelineUnderTest pipeline, string queue)
    {
        var record = (await pipeline.Storage.Runs.ReadJsonAsync<PoisonRecord>(StorageLayout.PoisonRecord(queue, "m-1"), Cancellation))!.Value.Value;
        return (record.Reason, record.Subject);
    }

    private static async Task CreateRunAsync(PipelineUnderTest pipeline, string run, RunState state, RetrainRequest? request = null)
    {
        var record = new RunRecord { Run = run, State = state, Request = request ?? new RetrainRequest(), Step = 7, TotalSteps = 9, CreatedAt = Inserted };
        Assert.True(await pipeline.Get<RunStore>().CreateAsync(record, Cancellation));
    }
}
