using System.Collections.Concurrent;
using System.Text.Json;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.LocalHost.Blobs;
using ImdbPipeline.Testing;

namespace ImdbPipeline.LocalHost.Tests.Blobs;

public sealed class BlobTriggerPollerTests(AzuriteFixture azurite)
{
    private static readonly BlobTriggerOptions Quick = new()
    {
        PollingInterval = TimeSpan.FromMilliseconds(50),
        RetryDelay = TimeSpan.FromMilliseconds(1),
    };

    private readonly ConcurrentQueue<string> handled = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_blob_is_handled_once_no_matter_how_often_the_container_is_listed()
    {
        var storage = await azurite.NewStorageAsync(Cancellation);
        await using var poller = await RunAsync(storage, RecordAsync);

        // Each further blob is found by a later listing, which lists the first blob again.
        foreach (var blob in (string[])["first", "folder/second", "third"])
        {
            await UploadAsync(storage, blob, "content");
            await Eventually.HoldsAsync($"{blob} handled", () => handled.Contains(blob));
        }
        Assert.Equal(["first", "folder/second", "third"], handled);
    }

    [Fact]
    public async Task A_replaced_blob_is_handled_again()
    {
        var storage = await azurite.NewStorageAsync(Cancellation);
        await using var poller = await RunAsync(storage, RecordAsync);
        await UploadAsync(storage, "archive", "one");
        await Eventually.HoldsAsync("the first content handled", () => handled.Count == 1);
        await UploadAsync(storage, "archive", "two");
        await Eventually.HoldsAsync("the second content handled", () => handled.Count == 2);
    }

    [Fact]
    public async Task A_blob_that_fails_five_times_gets_the_poison_message_the_Functions_host_would_send()
    {
        var storage = await azurite.NewStorageAsync(Cancellation);
        await using var poller = await RunAsync(storage, blob =>
        {
            handled.Enqueue(blob);
            throw new InvalidDataException("broken");
        });
        var etag = await UploadAsync(storage, "broken.zip", "PK");

        var poison = await Eventually.FindAsync("a poison message", async () =>
            (await storage.Queue(StorageLayout.BlobTriggerPoisonQueue).ReceiveMessageAsync(cancellationToken: Cancellation)).Value?.MessageText);
        Assert.Equal(5, handled.Count);
        var message = JsonDocument.Parse(poison).RootElement.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetString());
        Assert.Equal(
            new Dictionary<string, string?>
            {
                ["Type"] = "BlobTrigger",
                ["FunctionId"] = "Host.Functions.IngestDataset",
                ["BlobType"] = "BlockBlob",
                ["ContainerName"] = "datasets",
                ["BlobName"] = "broken.zip",
                ["ETag"] = $"\"{etag}\"",
            },
            message);

        // Later listings do not start over.
        await UploadAsync(storage, "other.zip", "PK");
        await Eventually.HoldsAsync("another blob tried", () => handled.Contains("other.zip"));
        Assert.Equal(5, handled.Count(blob => blob == "broken.zip"));
    }

    [Fact]
    public async Task A_blob_recorded_as_handled_is_skipped_after_a_restart()
    {
        var storage = await azurite.NewStorageAsync(Cancellation);
        var old = await UploadAsync(storage, "a-old", "content");
        await UploadAsync(storage, "b-new", "content");
        await using var poller = await RunAsync(storage, RecordAsync, (blob, etag) => blob == "a-old" && etag == old);
        await Eventually.HoldsAsync("the new blob handled", () => !handled.IsEmpty);
        Assert.Equal(["b-new"], handled);
    }

    [Fact]
    public async Task A_blob_with_an_unreadable_record_does_not_block_other_blobs()
    {
        var storage = await azurite.NewStorageAsync(Cancellation);
        await UploadAsync(storage, "a-damaged", "content");
        await UploadAsync(storage, "b-sound", "content");
        await using var poller = await RunAsync(storage, RecordAsync, (blob, _) => blob == "a-damaged" ? throw new InvalidDataException("half a record") : false);
        await Eventually.HoldsAsync("both blobs handled", () => handled.Count == 2);
        Assert.Equal(["a-damaged", "b-sound"], handled.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Failing_blobs_wait_for_their_next_attempt_without_delaying_other_blobs()
    {
        var storage = await azurite.NewStorageAsync(Cancellation);
        foreach (var bad in (string[])["a-bad", "b-bad", "c-bad"])
            await UploadAsync(storage, bad, "content");
        await using var poller = await RunAsync(
            storage,
            blob =>
            {
                handled.Enqueue(blob);
                return blob.EndsWith("-bad", StringComparison.Ordinal) ? throw new IOException("not yet") : Task.CompletedTask;
            },
            retryDelay: TimeSpan.FromHours(1));
        await Eventually.HoldsAsync("each bad blob tried", () => handled.Distinct().Count() == 3);
        await UploadAsync(storage, "d-good", "content");
        await Eventually.HoldsAsync("the good blob handled", () => handled.Contains("d-good"));
        Assert.Equal(["a-bad", "b-bad", "c-bad", "d-good"], handled.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_failing_blob_is_not_retried_once_it_is_deleted()
    {
        var storage = await azurite.NewStorageAsync(Cancellation);
        await using var poller = await RunAsync(storage, async blob =>
        {
            handled.Enqueue(blob);
            if (blob != "doomed")
                return;
            await storage.Datasets.DeleteBlobAsync(blob, cancellationToken: Cancellation);
            throw new InvalidDataException("broken");
        });
        await UploadAsync(storage, "doomed", "content");
        await Eventually.HoldsAsync("the blob tried", () => !handled.IsEmpty);
        await UploadAsync(storage, "next", "content");
        await Eventually.HoldsAsync("the next blob handled", () => handled.Contains("next"));
        Assert.Equal(["doomed", "next"], handled);
    }

    [Fact]
    public async Task A_container_that_cannot_be_listed_is_a_problem_of_the_host_until_it_can()
    {
        var problems = new HostProblems();
        var storage = await azurite.NewStorageAsync(Cancellation);
        await storage.Datasets.DeleteAsync(cancellationToken: Cancellation);
        await using var running = await RunAsync(storage, RecordAsync, problems: problems);

        await Eventually.HoldsAsync("the problem reported", () => problems.Current.Count > 0);
        Assert.StartsWith("Cannot list the container datasets. ", Assert.Single(problems.Current), StringComparison.Ordinal);

        await storage.EnsureCreatedAsync(Cancellation);
        await Eventually.HoldsAsync("the problem withdrawn", () => problems.Current.Count == 0);
    }

    private Task RecordAsync(string blob)
    {
        handled.Enqueue(blob);
        return Task.CompletedTask;
    }

    private static async Task<RunningService> RunAsync(PipelineStorage storage, Func<string, Task> handle, Func<string, string, bool>? isHandled = null, TimeSpan? retryDelay = null, HostProblems? problems = null)
    {
        var trigger = new BlobTrigger(
            "IngestDataset", StorageLayout.Datasets, (blob, _) => handle(blob),
            (blob, etag, _) => Task.FromResult(isHandled?.Invoke(blob, etag.Unquoted()) ?? false));
        return await RunningService.StartAsync(new BlobTriggerPoller(storage, trigger, Quick with { RetryDelay = retryDelay ?? Quick.RetryDelay }, problems ?? new HostProblems(), TimeProvider.System, new LogLines()));
    }

    private static async Task<string> UploadAsync(PipelineStorage storage, string blob, string content) =>
        (await storage.Datasets.GetBlobClient(blob).UploadAsync(BinaryData.FromString(content), overwrite: true, Cancellation)).Value.ETag.Unquoted();
}
