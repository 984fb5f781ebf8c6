using System.Text.Json;
using ImdbPipeline.Core.Operations;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Tests.Archives;
using ImdbPipeline.Core.Uploads;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Core.Tests.Operations;

[Slow]
public sealed class UploadHandlerTests(AzuriteFixture azurite)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_event_for_an_archive_ingests_it()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.Storage.Datasets.GetBlobClient("films.tar.gz").UploadAsync(new BinaryData(Pack.Gzip(Pack.Tar(Pack.Texts))), Cancellation);

        await HandleAsync(pipeline, "datasets", "films.tar.gz");

        var record = await pipeline.Storage.Prepared.ReadJsonAsync<ArchiveRecord>(StorageLayout.ArchiveRecord("films.tar.gz"), Cancellation);
        Assert.Equal(ArchiveState.Ingested, record!.Value.Value.State);
    }

    [Fact]
    public async Task An_event_for_an_incoming_file_scores_it()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.PublishChampionAsync("m1");
        await pipeline.UploadAsync("reviews.txt", "good film\n");

        await HandleAsync(pipeline, "incoming", "reviews.txt");
        await pipeline.ScoreShardsAsync();

        Assert.Equal(ScoreState.Scored, (await pipeline.FindScoresAsync<ScoreSummary>("reviews.txt.summary.json"))!.State);
    }

    [Theory]
    [InlineData("datasets", "films.tar.gz", "no gzip")]
    [InlineData("datasets", "films.exe", "any")]
    [InlineData("incoming", "reviews.pdf", "any")]
    [InlineData("incoming", "_work/reviews.txt", "any")]
    public async Task A_rejected_upload_is_recorded_once_and_no_delivery_of_it_fails(string container, string blob, string content)
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.PublishChampionAsync("m1");
        var upload = pipeline.Storage.Container(container).GetBlobClient(blob);
        await upload.UploadAsync(new BinaryData(content), Cancellation);

        for (var delivery = 0; delivery < 3; delivery++)
            await HandleAsync(pipeline, container, blob);
        await pipeline.Get<UploadHandler>().HandleAsync(container, blob, Cancellation);

        var record = Assert.Single(await RecordsAsync(pipeline));
        Assert.Equal($"{container}/{blob}", record.Subject);
        Assert.Contains("expected", record.Reason);

        await upload.UploadAsync(new BinaryData(content), overwrite: true, Cancellation);
        await HandleAsync(pipeline, container, blob);

        Assert.Equal(2, (await RecordsAsync(pipeline)).Count);
    }

    [Fact]
    public async Task A_corrected_upload_is_handled_after_a_rejected_one()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        var upload = pipeline.Storage.Datasets.GetBlobClient("films.tar.gz");
        await upload.UploadAsync(new BinaryData("no gzip"), Cancellation);
        await HandleAsync(pipeline, "datasets", "films.tar.gz");
        await upload.UploadAsync(new BinaryData(Pack.Gzip(Pack.Tar(Pack.Texts))), overwrite: true, Cancellation);

        await HandleAsync(pipeline, "datasets", "films.tar.gz");

        Assert.Equal(ArchiveState.Ingested, (await pipeline.Storage.FindArchiveRecordAsync("films.tar.gz", etag: null, Cancellation))!.State);
    }

    private static async Task<List<PoisonRecord>> RecordsAsync(PipelineUnderTest pipeline) =>
        [.. await pipeline.Storage.Runs.ReadNewestAsync<PoisonRecord>(StorageLayout.PoisonRecords, _ => true, 10, Cancellation)];

    private static Task HandleAsync(PipelineUnderTest pipeline, string container, string blob) =>
        pipeline.Get<UploadHandler>().HandleAsync(
            JsonSerializer.Serialize(new { type = UploadEvent.BlobCreated, subject = $"/blobServices/default/containers/{container}/blobs/{blob}" }), Cancellation);
}
