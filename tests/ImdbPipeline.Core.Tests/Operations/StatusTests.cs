using Azure.Storage.Blobs;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Operations;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Uploads;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Core.Tests.Operations;

[Slow]
public sealed class StatusTests(AzuriteFixture azurite)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_empty_pipeline_has_an_empty_status()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);

        var status = await pipeline.Get<StatusHandler>().HandleAsync(Cancellation);

        Assert.Null(Assert.Single(status.Tasks).Champion);
        Assert.Empty(status.Datasets);
        Assert.Empty(status.Runs);
        Assert.Equal(StorageLayout.Queues.Select(queue => new QueueStatus(queue, 0)), status.Queues);
    }

    [Fact]
    public async Task A_damaged_record_is_named_and_hides_nothing_else()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.PublishChampionAsync("m1");
        await pipeline.PublishAsync("m2", 0.9);
        await pipeline.PrepareDatasetAsync("films", "0123456789abcdef");
        await pipeline.PrepareDatasetAsync("books", "0123456789abcdef");
        await DamageAsync(pipeline.Storage.Runs, StorageLayout.Run("20260101-000000-abcdef01"));
        await DamageAsync(pipeline.Storage.Models, StorageLayout.ModelManifest("m2"));
        await DamageAsync(pipeline.Storage.Prepared, StorageLayout.Manifest("books", "0123456789abcdef"));

        var status = await pipeline.Get<StatusHandler>().HandleAsync(Cancellation);

        Assert.StartsWith("runs/20260101-000000-abcdef01/run.json: expected a valid RunRecord", status.Problems[2], StringComparison.Ordinal);
        Assert.StartsWith("models/m2/manifest.json: expected a valid ModelManifest", status.Problems[0], StringComparison.Ordinal);
        Assert.StartsWith("prepared/books/0123456789abcdef/manifest.json: expected a valid DatasetManifest", status.Problems[1], StringComparison.Ordinal);
        Assert.Equal(3, status.Problems.Count);
        Assert.Equal(["films"], status.Datasets.Select(dataset => dataset.Dataset));
        Assert.Equal("m1", Assert.Single(status.Tasks).Champion);
        Assert.Equal(["m1"], status.Models.Select(m => m.Version));
    }

    [Fact]
    public async Task A_champion_whose_model_is_missing_is_named()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.PublishChampionAsync("m1");
        await pipeline.Storage.Models.DeleteBlobAsync(StorageLayout.ModelManifest("m1"), cancellationToken: Cancellation);

        var status = await pipeline.Get<StatusHandler>().HandleAsync(Cancellation);

        Assert.StartsWith("The champion of task default cannot be used: models/m1/manifest.json: expected its manifest, found none", Assert.Single(status.Problems), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("_work/x.txt")]
    [InlineData("a/../x.txt")]
    [InlineData("x.pdf")]
    public async Task A_file_that_is_refused_for_its_name_is_shown_as_rejected_and_not_as_waiting(string file)
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        if (BlobName.IsAddressable(file))
            await pipeline.UploadAsync(file, "good\n");
        for (var delivery = 1; delivery <= 2; delivery++)
            await Assert.ThrowsAsync<InputRejectedException>(() => pipeline.PlanAsync(file));

        var status = await pipeline.Get<StatusHandler>().HandleAsync(Cancellation);

        Assert.Equal([file], status.RejectedIncoming.Select(rejected => rejected.Name));
        Assert.Empty(status.Incoming);
        Assert.Equal($"incoming/{file}", Assert.Single(status.GivenUp).Subject);
    }

    [Fact]
    public async Task The_status_shows_every_stage_and_no_key()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.UploadAsync("waiting.txt", "good\n");
        await pipeline.PrepareDatasetAsync("reviews", "00000000000000aa");
        var rejected = new ArchiveRecord { Archive = "bad.zip", ETag = "1", State = ArchiveState.Rejected, Reason = "damaged", At = pipeline.Time.GetUtcNow() };
        await pipeline.Storage.Prepared.CreateJsonAsync(StorageLayout.ArchiveRecord("bad.zip"), rejected, Cancellation);
        await pipeline.StartTrainingAsync(new QueueDelivery("a", pipeline.Time.GetUtcNow(), "{}"));
        await pipeline.PublishChampionAsync("m1");
        await pipeline.UploadAsync("scored.txt", "good\n");
        await pipeline.PlanAsync("scored.txt");
        await pipeline.ScoreShardsAsync();
        await pipeline.UploadAsync("scoring.txt", string.Concat(Enumerable.Repeat("good\n", 9)));
        await pipeline.PlanAsync("scoring.txt");
        await pipeline.ScoreShardsAsync(most: 1);
        await pipeline.UploadAsync("rejected.pdf", "x");
        await Assert.ThrowsAsync<InputRejectedException>(() => pipeline.PlanAsync("rejected.pdf"));

        var status = await pipeline.Get<StatusHandler>().HandleAsync(Cancellation);

        Assert.Equal("m1", Assert.Single(status.Tasks).Champion);
        Assert.Equal(["m1"], status.Models.Select(m => m.Version));
        Assert.Equal([("reviews", 3)], status.Datasets.Select(d => (d.Dataset, d.Reviews["train"])));
        Assert.Equal([("bad.zip", "damaged")], status.RejectedArchives.Select(r => (r.Name, r.Reason)));
        Assert.Equal([RunState.Queued], status.Runs.Select(r => r.State));
        Assert.Equal(2, status.Queues.Single(q => q.Queue == StorageLayout.ScoringShardsQueue).ApproximateMessages);
        Assert.Equal(
            [("scoring.txt", "scoring", "m1", 3, 1), ("waiting.txt", "waiting", null, null, null)],
            status.Incoming.OrderBy(i => i.File, StringComparer.Ordinal).Select(i => (i.File, i.State, i.Model, i.Shards, i.ShardsDone)));
        Assert.Equal(["scored.txt"], status.Scored.Select(s => s.File));
        Assert.Equal(["rejected.pdf"], status.RejectedIncoming.Select(r => r.Name));
        Assert.StartsWith("http://127.0.0.1:", status.Storage, StringComparison.Ordinal);
        Assert.DoesNotContain('?', status.Storage);
    }

    private static async Task DamageAsync(BlobContainerClient container, string path) =>
        await container.GetBlobClient(path).UploadAsync(new BinaryData("{ half a reco"), overwrite: true, Cancellation);
}
