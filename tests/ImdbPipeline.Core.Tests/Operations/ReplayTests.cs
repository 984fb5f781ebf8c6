using ImdbPipeline.Core.Operations;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Training;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Core.Tests.Operations;

public sealed class ReplayTests(AzuriteFixture azurite)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task File_whose_shard_was_given_up_is_scored_whole_once_its_cause_is_put_right()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.PublishChampionAsync("m1");
        await pipeline.UploadAsync("reviews.txt", string.Concat(Enumerable.Repeat("good\n", 6)));
        await pipeline.PlanAsync("reviews.txt");
        foreach (var body in await pipeline.TakeAsync(StorageLayout.ScoringShardsQueue))
            await GiveUpAsync(pipeline, StorageLayout.ScoringShardsPoisonQueue, body);
        Assert.Equal(ScoreState.Failed, (await pipeline.FindScoresAsync<ScoreSummary>("reviews.txt.summary.json"))!.State);

        Assert.Equal("incoming/reviews.txt", await pipeline.Get<ReplayHandler>().UploadAsync(await FindAsync(pipeline), Cancelled));
        await pipeline.PlanAsync("reviews.txt");
        await pipeline.ScoreShardsAsync();

        var summary = (await pipeline.FindScoresAsync<ScoreSummary>("reviews.txt.summary.json"))!;
        Assert.Equal((ScoreState.Scored, 6), (summary.State, summary.Rows));
    }

    [Fact]
    public async Task Training_is_asked_for_again_with_its_settings_and_a_new_name()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        var request = new RetrainRequest { Run = "20260101-000000-aa", Epochs = 3, Traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" };
        Assert.True(await pipeline.Get<RunStore>().CreateAsync(new RunRecord { Run = request.Run, State = RunState.Training, Request = request, CreatedAt = DateTimeOffset.UnixEpoch }, Cancelled));
        await GiveUpAsync(pipeline, StorageLayout.TrainingJobsPoisonQueue, """{"run": "20260101-000000-aa"}""");

        Assert.Equal(request with { Run = null }, await pipeline.Get<ReplayHandler>().RequestAsync(await FindAsync(pipeline), Cancelled));
    }

    [Fact]
    public async Task Retrain_message_is_asked_for_again_under_a_new_name()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await GiveUpAsync(pipeline, StorageLayout.RetrainPoisonQueue, """{"run": "20260101-000000-aa", "epochs": 3}""");

        Assert.Equal(new RetrainRequest { Epochs = 3 }, await pipeline.Get<ReplayHandler>().RequestAsync(await FindAsync(pipeline), Cancelled));
    }

    [Theory]
    [InlineData(StorageLayout.BlobTriggerPoisonQueue, "[]", "found none.")]
    [InlineData(StorageLayout.BlobTriggerPoisonQueue, """{"ContainerName":"models","BlobName":"champion.json"}""", "found models/champion.json.")]
    [InlineData(StorageLayout.BlobTriggerPoisonQueue, """{"ContainerName":"incoming","BlobName":"gone.txt"}""", "the upload incoming/gone.txt, found none.")]
    [InlineData(StorageLayout.ScoringShardsPoisonQueue, """{"plan": "0123456789abcdef", "shard": 0}""", "found plan 0123456789abcdef.")]
    public async Task Upload_that_cannot_be_told_or_is_gone_is_refused_by_name(string queue, string body, string found)
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await GiveUpAsync(pipeline, queue, body);
        var replay = pipeline.Get<ReplayHandler>();

        Assert.Null(await replay.RequestAsync(await FindAsync(pipeline), Cancelled));
        var refused = await Assert.ThrowsAsync<InputRejectedException>(async () => await replay.UploadAsync(await FindAsync(pipeline), Cancelled));
        Assert.Contains(found, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(StorageLayout.RetrainPoisonQueue, """{"epochs": -3}""")]
    [InlineData(StorageLayout.TrainingJobsPoisonQueue, "not json")]
    [InlineData(StorageLayout.TrainingJobsPoisonQueue, """{"run": "20260101-000000-none"}""")]
    public async Task Training_that_cannot_be_told_is_refused(string queue, string body)
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await GiveUpAsync(pipeline, queue, body);

        await Assert.ThrowsAsync<InputRejectedException>(async () => await pipeline.Get<ReplayHandler>().RequestAsync(await FindAsync(pipeline), Cancelled));
    }

    [Theory]
    [InlineData("m-2")]
    [InlineData("../run")]
    [InlineData("")]
    public async Task Other_messages_are_not_found(string messageId)
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await GiveUpAsync(pipeline, StorageLayout.RetrainPoisonQueue, "{}");

        Assert.Null(await pipeline.Get<ReplayHandler>().FindAsync(messageId, Cancelled));
    }

    private static Task GiveUpAsync(PipelineUnderTest pipeline, string queue, string body) =>
        pipeline.Get<PoisonHandler>().HandleAsync(queue, new QueueDelivery("m-1", DateTimeOffset.UnixEpoch, body), Cancelled);

    private static async Task<PoisonRecord> FindAsync(PipelineUnderTest pipeline) => (await pipeline.Get<ReplayHandler>().FindAsync("m-1", Cancelled))!;
}
