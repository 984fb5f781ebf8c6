using System.Diagnostics;
using Azure.Storage.Blobs.Models;
using ImdbPipeline.Core.Operations;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Telemetry;
using ImdbPipeline.Core.Uploads;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Core.Tests.Telemetry;

/// <summary>Trace context is propagated through blobs and messages, even without listeners.</summary>
[Slow]
public sealed class TracePropagationTests(AzuriteFixture azurite)
{
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";
    private const string Traceparent = $"00-{Trace}-b7ad6b7169203331-01";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_trace_of_an_upload_is_in_every_message_and_record_that_follows()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.PublishChampionAsync("m1");
        await UploadAsync(pipeline, Traceparent);

        await pipeline.PlanAsync("reviews.jsonl");
        var bodies = await pipeline.TakeAsync(StorageLayout.ScoringShardsQueue);
        Assert.All(bodies, body => Assert.Equal(Trace, TraceOf(ScoringShard.Parse(body).Traceparent)));
        foreach (var body in bodies)
            await pipeline.Get<ScoreShardHandler>().HandleAsync(body, Cancellation);

        foreach (var blob in (string[])["reviews.jsonl", "reviews.summary.json"])
        {
            var metadata = (await pipeline.Storage.Scores.GetBlobClient(blob).GetPropertiesAsync(cancellationToken: Cancellation)).Value.Metadata;
            Assert.Equal(Trace, TraceOf(metadata[TraceContext.Key]));
        }
    }

    [Fact]
    public async Task Requeued_shards_keep_their_trace()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.PublishChampionAsync("m1");
        await UploadAsync(pipeline, Traceparent);
        await pipeline.PlanAsync("reviews.jsonl");
        var lost = await pipeline.TakeAsync(StorageLayout.ScoringShardsQueue);

        pipeline.Time.Advance(TimeSpan.FromDays(1));
        await pipeline.Get<ReconcileHandler>().HandleAsync(Cancellation);

        Assert.Equal(lost.Order(), (await pipeline.TakeAsync(StorageLayout.ScoringShardsQueue)).Order());
    }

    [Fact]
    public async Task Every_delivery_of_an_upload_without_a_trace_gets_the_same_trace_and_a_replaced_upload_gets_another()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await UploadAsync(pipeline, null);
        var first = await pipeline.Storage.Incoming.FindUploadAsync("reviews.jsonl", Cancellation);
        var again = await pipeline.Storage.Incoming.FindUploadAsync("reviews.jsonl", Cancellation);
        await UploadAsync(pipeline, null);
        var replaced = await pipeline.Storage.Incoming.FindUploadAsync("reviews.jsonl", Cancellation);

        Assert.Equal(first!.Cause, again!.Cause);
        Assert.NotEqual(first.Cause.TraceId, replaced!.Cause.TraceId);
    }

    [Fact]
    public async Task A_retrain_message_passes_its_trace_to_the_training_job()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.PrepareDatasetAsync("reviews", "0011223344556677");

        await pipeline.StartTrainingAsync(new QueueDelivery("id", DateTimeOffset.UnixEpoch, $$"""{"traceparent": "{{Traceparent}}"}"""));

        var job = TrainingJob.Parse(Assert.Single(await pipeline.TakeAsync(StorageLayout.TrainingJobsQueue)));
        Assert.Equal(Trace, TraceOf(job.Traceparent));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("no JSON")]
    [InlineData("[1]")]
    [InlineData("""{"traceparent": 7}""")]
    [InlineData("""{"traceparent": "\ud800"}""")]
    [InlineData("""{"traceparent": "00-0af7651916cd43dd8448eb211c80319c"}""")]
    [InlineData("""{"traceparent": "00-00000000000000000000000000000000-0000000000000000-01"}""")]
    public void A_message_without_a_valid_trace_gets_its_own(string body)
    {
        var cause = TraceContext.OfMessage(body, "message 1");
        Assert.Equal(cause, TraceContext.OfMessage(body, "message 1"));
        Assert.NotEqual(cause.TraceId, TraceContext.OfMessage(body, "message 2").TraceId);
        Assert.NotEqual(default, cause.TraceId);
        Assert.Equal(default, cause.SpanId);
    }

    private static string TraceOf(string? traceparent) => ActivityContext.Parse(traceparent!, null).TraceId.ToHexString();

    private static async Task UploadAsync(PipelineUnderTest pipeline, string? traceparent)
    {
        var lines = string.Join('\n', Enumerable.Range(0, 10).Select(i => $$"""{"id": "{{i}}", "text": "a good film"}"""));
        var metadata = traceparent is null ? [] : new Dictionary<string, string> { [TraceContext.Key] = traceparent };
        await pipeline.Storage.Incoming.GetBlobClient("reviews.jsonl").UploadAsync(new BinaryData(lines), new BlobUploadOptions { Metadata = metadata }, Cancellation);
    }
}
