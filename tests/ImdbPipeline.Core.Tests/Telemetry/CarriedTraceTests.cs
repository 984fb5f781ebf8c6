using System.Diagnostics;
using Azure.Storage.Blobs.Models;
using ImdbPipeline.Core.Operations;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Telemetry;
using ImdbPipeline.Core.Training;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Core.Tests.Telemetry;

/// <summary>The correlation id on its way through blobs and messages, whether or not anybody collects spans.</summary>
public sealed class CarriedTraceTests(AzuriteFixture azurite)
{
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";
    private const string Carried = $"00-{Trace}-b7ad6b7169203331-01";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_an_upload_carries_is_in_every_message_and_record_that_follows()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.PublishChampionAsync("m1");
        await UploadAsync(pipeline, Carried);

        await pipeline.PlanAsync("reviews.jsonl");
        var bodies = await pipeline.TakeAsync(StorageLayout.ScoringShardsQueue);
        Assert.All(bodies, body => Assert.Equal(Trace, TraceOf(ScoringShard.Parse(body).Traceparent)));
        foreach (var body in bodies)
            await pipeline.Get<ScoreShardHandler>().HandleAsync(body, Cancelled);

        foreach (var blob in (string[])["reviews.jsonl", "reviews.summary.json"])
        {
            var metadata = (await pipeline.Storage.Scores.GetBlobClient(blob).GetPropertiesAsync(cancellationToken: Cancelled)).Value.Metadata;
            Assert.Equal(Trace, TraceOf(metadata[Cause.Key]));
        }
    }

    [Fact]
    public async Task Shards_that_are_queued_again_keep_their_trace()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.PublishChampionAsync("m1");
        await UploadAsync(pipeline, Carried);
        await pipeline.PlanAsync("reviews.jsonl");
        var lost = await pipeline.TakeAsync(StorageLayout.ScoringShardsQueue);

        pipeline.Time.Advance(TimeSpan.FromDays(1));
        await pipeline.Get<ReconcileHandler>().HandleAsync(Cancelled);

        Assert.Equal(lost.Order(), (await pipeline.TakeAsync(StorageLayout.ScoringShardsQueue)).Order());
    }

    [Fact]
    public async Task Every_delivery_of_an_upload_that_carries_nothing_finds_the_same_trace_and_another_content_another()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await UploadAsync(pipeline, null);
        var first = await pipeline.Storage.Incoming.FindUploadAsync("reviews.jsonl", Cancelled);
        var again = await pipeline.Storage.Incoming.FindUploadAsync("reviews.jsonl", Cancelled);
        await UploadAsync(pipeline, null);
        var replaced = await pipeline.Storage.Incoming.FindUploadAsync("reviews.jsonl", Cancelled);

        Assert.Equal(first!.Cause, again!.Cause);
        Assert.NotEqual(first.Cause.TraceId, replaced!.Cause.TraceId);
    }

    [Fact]
    public async Task A_retrain_message_hands_its_trace_to_the_job()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.PrepareDatasetAsync("reviews", "0011223344556677");

        await pipeline.StartTrainingAsync(new QueueDelivery("id", DateTimeOffset.UnixEpoch, $$"""{"traceparent": "{{Carried}}"}"""));

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
    public void A_message_without_a_readable_trace_has_one_of_its_own(string body)
    {
        var cause = Cause.OfMessage(body, "message 1");
        Assert.Equal(cause, Cause.OfMessage(body, "message 1"));
        Assert.NotEqual(cause.TraceId, Cause.OfMessage(body, "message 2").TraceId);
        Assert.NotEqual(default, cause.TraceId);
        Assert.Equal(default, cause.SpanId);
    }

    private static string TraceOf(string? traceparent) => ActivityContext.Parse(traceparent!, null).TraceId.ToHexString();

    private static async Task UploadAsync(PipelineUnderTest pipeline, string? traceparent)
    {
        var lines = string.Join('\n', Enumerable.Range(0, 10).Select(i => $$"""{"id": "{{i}}", "text": "a good film"}"""));
        var metadata = traceparent is null ? [] : new Dictionary<string, string> { [Cause.Key] = traceparent };
        await pipeline.Storage.Incoming.GetBlobClient("reviews.jsonl").UploadAsync(new BinaryData(lines), new BlobUploadOptions { Metadata = metadata }, Cancelled);
    }
}
