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

    private static Task HandleAsync(PipelineUnderTest pipeline, string container, string blob) =>
        pipeline.Get<UploadHandler>().HandleAsync(
            JsonSerializer.Serialize(new { type = UploadEvent.BlobCreated, subject = $"/blobServices/default/containers/{container}/blobs/{blob}" }), Cancellation);
}
