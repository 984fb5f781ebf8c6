using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Operations;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Uploads;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Core.Tests.Operations;

[Slow]
public sealed class ReplayTests(AzuriteFixture azurite)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_file_with_a_poison_shard_is_scored_completely_when_retried()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.PublishChampionAsync("m1");
        await pipeline.UploadAsync("reviews.txt", string.Concat(Enumerable.Repeat("good\n", 6)));
        await pipeline.PlanAsync("reviews.txt");
        foreach (var body in await pipeline.TakeAsync(StorageLayout.ScoringShardsQueue))
            await PoisonAsync(pipeline, StorageLayout.ScoringShardsPoisonQueue, body);
        Assert.Equal(ScoreState.Failed, (await pipeline.FindScoresAsync<ScoreSummary>("reviews.txt.summary.json"))!.State);

        Assert.Equal("incoming/reviews.txt", await pipeline.Get<ReplayHandler>().UploadAsync(await FindAsync(pipeline), Cancellation));
        await pipeline.PlanAsync("reviews.txt");
        await pipeline.ScoreShardsAsync();

        var summary = (await pipeline.FindScoresAsync<ScoreSummary>("reviews.txt.summary.json"))!;
        Assert.Equal((ScoreState.Scored, 6), (summary.State, summary.Rows));
    }

    [Fact]
    public async Task A_retried_training_job_keeps_its_settings_and_drops_the_run_name()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        var request = new RetrainRequest { Run = "20260101-000000-aa", Epochs = 3, Traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" };
        Assert.True(await pipeline.Get<RunStore>().CreateAsync(new RunRecord { Run = request.Run, State = RunState.Training, Request = request, CreatedAt = DateTimeOffset.UnixEpoch }, Cancellation));
        await PoisonAsync(pipeline, StorageLayout.TrainingJobsPoisonQueue, """{"run": "20260101-000000-aa"}""");

        Assert.Equal(request with { Run = null }, await pipeline.Get<ReplayHandler>().RequestAsync(await FindAsync(pipeline), Cancellation));
    }

    [Fact]
    public async Task A_retried_retrain_message_keeps_its_settings_and_drops_the_run_name()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await PoisonAsync(pipeline, StorageLayout.RetrainPoisonQueue, """{"run": "20260101-000000-aa", "epochs": 3}""");

        Assert.Equal(new RetrainRequest { Epochs = 3 }, await pipeline.Get<ReplayHandler>().RequestAsync(await FindAsync(pipeline), Cancellation));
    }

    [Theory]
    [InlineData(StorageLayout.BlobTriggerPoisonQueue, "[]", "found none.")]
    [InlineData(StorageLayout.BlobTriggerPoisonQueue, """{"ContainerName":"models","BlobName":"champion.json"}""", "found models/champion.json.")]
    [InlineData(StorageLayout.BlobTriggerPoisonQueue, """{"ContainerName":"incoming","BlobName":"gone.txt"}""", "the upload incoming/gone.txt, found none.")]
    [InlineData(StorageLayout.ScoringShardsPoisonQueue, """{"plan": "0123456789abcdef", "shard": 0}""", "found plan 0123456789abcdef.")]
    public async Task An_unknown_or_deleted_upload_cannot_be_retried_and_is_named_in_the_error(string queue, string body, string found)
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await PoisonAsync(pipeline, queue, body);
        var replay = pipeline.Get<ReplayHandler>();

        Assert.Null(await replay.RequestAsync(await FindAsync(pipeline), Cancellation));
        var rejected = await Assert.ThrowsAsync<InputRejectedException>(async () => await replay.UploadAsync(await FindAsync(pipeline), Cancellation));
        Assert.Contains(found, rejected.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(StorageLayout.RetrainPoisonQueue, """{"epochs": -3}""")]
    [InlineData(StorageLayout.TrainingJobsPoisonQueue, "not json")]
    [InlineData(StorageLayout.TrainingJobsPoisonQueue, """{"run": "20260101-000000-none"}""")]
    public async Task A_message_without_a_valid_training_request_cannot_be_retried(string queue, string body)
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await PoisonAsync(pipeline, queue, body);

        await Assert.ThrowsAsync<InputRejectedException>(async () => await pipeline.Get<ReplayHandler>().RequestAsync(await FindAsync(pipeline), Cancellation));
    }

    [Theory]
    [InlineData("m-2")]
    [InlineData("../run")]
    [InlineData("")]
    public async Task Unknown_message_ids_are_not_found(string messageId)
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await PoisonAsync(pipeline, StorageLayout.RetrainPoisonQueue, "{}");

        Assert.Null(await pipeline.Get<ReplayHandler>().FindAsync(messageId, Cancellation));
    }

    private static Task PoisonAsync(PipelineUnderTest pipeline, string queue, string body) =>
        pipeline.Get<PoisonHandler>().HandleAsync(queue, new QueueDelivery("m-1", DateTimeOffset.UnixEpoch, body), Cancellation);

    private static async Task<PoisonRecord> FindAsync(PipelineUnderTest pipeline) => (await pipeline.Get<ReplayHandler>().FindAsync("m-1", Cancellation))!;
}
