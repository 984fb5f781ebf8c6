using Azure.Storage.Blobs.Models;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Core.Tests.Storage;

[Slow]
public sealed class PipelineStorageTests(AzuriteFixture azurite)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_containers_and_queues_exist_after_start_up()
    {
        var storage = await azurite.NewStorageAsync(Cancellation);
        await storage.EnsureCreatedAsync(Cancellation);
        foreach (var container in StorageLayout.Containers)
            Assert.True(await storage.Container(container).ExistsAsync(Cancellation), container);
        foreach (var queue in StorageLayout.Queues)
            Assert.True(await storage.Queue(queue).ExistsAsync(Cancellation), queue);
    }

    [Fact]
    public async Task Exactly_one_of_several_parallel_create_only_writes_succeeds()
    {
        var storage = await azurite.NewStorageAsync(Cancellation);
        var writes = await Task.WhenAll(Enumerable.Range(0, 20).Select(
            i => storage.Prepared.CreateJsonAsync("claim.json", new { By = i }, Cancellation)));
        Assert.Single(writes, written => written);
    }

    [Fact]
    public async Task Slashes_at_the_ends_of_a_blobs_name_make_another_blob()
    {
        var storage = await azurite.NewStorageAsync(Cancellation);
        string[] names = ["/a.csv", "a.csv", "a.csv/"];
        foreach (var name in names)
            await storage.Datasets.GetBlobClient(name).UploadAsync(new BinaryData(name), Cancellation);

        Assert.Equal(names, await storage.Datasets.GetBlobsAsync(new GetBlobsOptions(), Cancellation).Select(blob => blob.Name).ToListAsync(Cancellation));
        foreach (var name in names)
            Assert.Equal(name, (await storage.Datasets.GetBlobClient(name).DownloadContentAsync(Cancellation)).Value.Content.ToString());
    }

    [Fact]
    public async Task Storage_accounts_of_two_tests_are_isolated()
    {
        var one = await azurite.NewStorageAsync(Cancellation);
        var other = await azurite.NewStorageAsync(Cancellation);
        await one.Prepared.CreateJsonAsync("x.json", 1, Cancellation);
        Assert.Null(await other.Prepared.ReadJsonAsync<int>("x.json", Cancellation));
    }
}
