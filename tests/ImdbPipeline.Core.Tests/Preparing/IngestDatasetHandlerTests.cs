using System.Text.Json;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Preparing;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Tests.Archives;
using ImdbPipeline.Core.Uploads;
using ImdbPipeline.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace ImdbPipeline.Core.Tests.Preparing;

[Slow]
public sealed class IngestDatasetHandlerTests(AzuriteFixture azurite)
{
    private static readonly byte[] Archive = Pack.Gzip(Pack.Tar([.. Pack.Texts, ("pos/3.txt", "What a ride!"), ("neg/3.txt", "What a bore!")]));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static IngestDatasetHandler Handler(PipelineStorage storage, bool retrain = false) =>
        new(storage, TimeProvider.System, new IngestOptions { RetrainOnIngest = retrain }, NullLogger<IngestDatasetHandler>.Instance);

    private static async Task UploadAsync(PipelineStorage storage, string name, byte[] archive) =>
        await storage.Datasets.GetBlobClient(name).UploadAsync(new BinaryData(archive), overwrite: true, Cancellation);

    private static async Task<List<string>> PreparedAsync(PipelineStorage storage)
    {
        var names = new List<string>();
        await foreach (var blob in storage.Prepared.GetBlobsAsync(BlobTraits.None, BlobStates.None, null, Cancellation))
            names.Add(blob.Name);
        return names;
    }

    private static async Task<ArchiveRecord?> RecordAsync(PipelineStorage storage, string archive) =>
        (await storage.Prepared.ReadJsonAsync<ArchiveRecord>(StorageLayout.ArchiveRecord(archive), Cancellation))?.Value;

    [Fact]
    public async Task An_uploaded_archive_becomes_a_dataset()
    {
        var storage = await azurite.NewStorageAsync(Cancellation);
        await UploadAsync(storage, "films.tar.gz", Archive);
        using var handler = Handler(storage);
        await handler.HandleAsync("films.tar.gz", Cancellation);

        var dataset = new BlobDataset(storage, (await new DatasetStore(storage).FindNewestAsync(LabelledTask.Default, Cancellation))!);
        Assert.Equal("films", dataset.Manifest.Dataset);
        Assert.Equal(6, dataset.Manifest.Report.Read);
        var rows = 0;
        foreach (var split in Enum.GetValues<Split>())
            await foreach (var row in dataset.ReadAsync(split, Cancellation))
                rows += row.Split == split ? 1 : 1000;
        Assert.Equal(6, rows);
        Assert.Equal((ArchiveState.Ingested, "films", dataset.Manifest.Version), await RecordAsync(storage, "films.tar.gz") is { } record ? (record.State, record.Dataset, record.Version) : default);
    }

    [Fact]
    public async Task An_ingest_killed_before_its_commit_is_completed_by_the_next_delivery()
    {
        var storage = await azurite.NewStorageAsync(Cancellation);
        await UploadAsync(storage, "films.tar.gz", Archive);
        using (var handler = Handler(storage))
            await handler.HandleAsync("films.tar.gz", Cancellation);
        var manifest = Assert.Single(await new DatasetStore(storage).ListAsync(10, Cancellation));

        // A killed ingest leaves the claim, some shards and a vocabulary, but no manifest and no record.
        await storage.Prepared.DeleteBlobAsync(StorageLayout.Manifest("films", manifest.Version), cancellationToken: Cancellation);
        await storage.Prepared.DeleteBlobAsync(StorageLayout.ArchiveRecord("films.tar.gz"), cancellationToken: Cancellation);
        await storage.Prepared.DeleteBlobAsync(StorageLayout.DatasetFolder("films", manifest.Version) + manifest.Shards[0].Path, cancellationToken: Cancellation);
        Assert.Empty(await new DatasetStore(storage).ListAsync(10, Cancellation));

        using (var handler = Handler(storage))
            await handler.HandleAsync("films.tar.gz", Cancellation);
        Assert.Equal(manifest.Shards, Assert.Single(await new DatasetStore(storage).ListAsync(10, Cancellation)).Shards);
    }

    [Fact]
    public async Task A_rejected_archive_is_recorded_with_its_reason_and_not_read_again()
    {
        var storage = await azurite.NewStorageAsync(Cancellation);
        await UploadAsync(storage, "films.tar.gz", Archive[..^3]);
        using var handler = Handler(storage);
        var e = await Assert.ThrowsAsync<InputRejectedException>(() => handler.HandleAsync("films.tar.gz", Cancellation));
        Assert.Equal("gzip-truncated", e.Rule);
        var rejection = await storage.Prepared.ReadJsonAsync<ArchiveRejection>(StorageLayout.Rejection("films"), Cancellation);
        Assert.Equal(("gzip-truncated", e.Message), (rejection!.Value.Value.Rule, rejection.Value.Value.Reason));
        Assert.Equal(["_archives/films.tar.gz.json", "films/rejected.json"], await PreparedAsync(storage));

        var again = await Assert.ThrowsAsync<InputRejectedException>(() => handler.HandleAsync("films.tar.gz", Cancellation));
        Assert.Equal("gzip-truncated", again.Rule);
        Assert.Equal(rejection.Value.ETag, (await storage.Prepared.ReadJsonAsync<ArchiveRejection>(StorageLayout.Rejection("films"), Cancellation))!.Value.ETag);

        // A corrected upload is ingested, and the rejection is deleted.
        await UploadAsync(storage, "films.tar.gz", Archive);
        await handler.HandleAsync("films.tar.gz", Cancellation);
        Assert.Equal(ArchiveState.Ingested, (await RecordAsync(storage, "films.tar.gz"))!.State);
        Assert.Null(await storage.Prepared.ReadJsonAsync<ArchiveRejection>(StorageLayout.Rejection("films"), Cancellation));
    }

    [Fact]
    public async Task An_archive_with_an_invalid_name_is_recorded_as_rejected()
    {
        var storage = await azurite.NewStorageAsync(Cancellation);
        await UploadAsync(storage, "_films.tar.gz", Archive);
        using var handler = Handler(storage);
        await Assert.ThrowsAsync<InputRejectedException>(() => handler.HandleAsync("_films.tar.gz", Cancellation));
        Assert.Equal(["_archives/_films.tar.gz.json"], await PreparedAsync(storage));
    }

    [Fact]
    public async Task A_deleted_archive_is_not_an_error()
    {
        var storage = await azurite.NewStorageAsync(Cancellation);
        using var handler = Handler(storage);
        await handler.HandleAsync("films.tar.gz", Cancellation);
        Assert.Empty(await PreparedAsync(storage));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Retraining_is_queued_once_and_only_if_enabled(bool retrain)
    {
        var storage = await azurite.NewStorageAsync(Cancellation);
        await UploadAsync(storage, "films.tar.gz", Archive);
        await UploadAsync(storage, "copy.tar.gz", Archive);
        using var handler = Handler(storage, retrain);
        foreach (var archive in new[] { "films.tar.gz", "films.tar.gz", "copy.tar.gz" })
            await handler.HandleAsync(archive, Cancellation);
        var messages = await storage.Queue(StorageLayout.RetrainQueue).ReceiveMessagesAsync(10, cancellationToken: Cancellation);
        var dataset = (await new DatasetStore(storage).FindAsync("films", Cancellation))!;
        Assert.Equal(
            retrain ? [$"films/{dataset.Version}"] : [],
            messages.Value.Select(message => JsonSerializer.Deserialize<RetrainRequest>(message.Body, PipelineJson.Message)!.Dataset));
    }

    [Fact]
    public async Task The_newest_version_is_the_one_ingested_last()
    {
        var storage = await azurite.NewStorageAsync(Cancellation);
        using var handler = Handler(storage);
        await UploadAsync(storage, "films.tar.gz", Archive);
        await handler.HandleAsync("films.tar.gz", Cancellation);
        var store = new DatasetStore(storage);
        var first = (await store.FindAsync("films", Cancellation))!;
        await UploadAsync(storage, "films.tar.gz", Pack.Gzip(Pack.Tar(Pack.Texts)));
        await handler.HandleAsync("films.tar.gz", Cancellation);
        var second = (await store.FindAsync("films", Cancellation))!;
        Assert.NotEqual(first.Version, second.Version);
        Assert.Equal(first.Version, (await store.FindAsync($"films/{first.Version}", Cancellation))!.Version);
        Assert.Equal(second.Version, (await store.FindNewestAsync(LabelledTask.Default, Cancellation))!.Version);
        foreach (var missing in new[] { "other", "films/0000000000000000", "a/b/c", "_archives", "" })
            Assert.Null(await store.FindAsync(missing, Cancellation));
    }

    [Fact]
    public async Task A_changed_or_deleted_shard_is_detected()
    {
        var storage = await azurite.NewStorageAsync(Cancellation);
        await UploadAsync(storage, "films.tar.gz", Archive);
        using var handler = Handler(storage);
        await handler.HandleAsync("films.tar.gz", Cancellation);
        var dataset = new BlobDataset(storage, (await new DatasetStore(storage).FindNewestAsync(LabelledTask.Default, Cancellation))!);
        var shard = dataset.Manifest.Shards.First(shard => shard.Split == Split.Train);
        BlobClient blob = storage.Prepared.GetBlobClient(StorageLayout.DatasetFolder("films", dataset.Manifest.Version) + shard.Path);
        await blob.UploadAsync(new BinaryData("something else"), overwrite: true, Cancellation);
        await Assert.ThrowsAsync<InvalidDataException>(async () => await dataset.ReadAsync(Split.Train, Cancellation).FirstAsync(Cancellation));
        await blob.DeleteAsync(cancellationToken: Cancellation);
        await Assert.ThrowsAsync<InvalidDataException>(async () => await dataset.ReadAsync(Split.Train, Cancellation).FirstAsync(Cancellation));
    }
}
