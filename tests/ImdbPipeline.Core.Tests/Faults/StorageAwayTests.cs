using Azure;
using Azure.Core;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Training;
using ImdbPipeline.Testing;
using ImdbPipeline.Testing.Faults;

namespace ImdbPipeline.Core.Tests.Faults;

public sealed class StorageAwayTests(AzuriteFixture azurite)
{
    private readonly StorageFaults faults = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public void Retries_bridge_more_than_a_minute_even_where_jitter_shortens_every_wait()
    {
        var retries = new StorageRetries();
        var shortest = Enumerable.Range(0, retries.MaxRetries).Sum(n => Math.Min(retries.Delay.TotalSeconds * Math.Pow(2, n), retries.MaxDelay.TotalSeconds) * 0.8);
        Assert.True(shortest > 60, $"{shortest} s");
        var client = new Azure.Storage.Blobs.BlobClientOptions();
        retries.ApplyTo(client);
        // This mode of the SDK's spreads each wait by a fifth to either side.
        Assert.Equal((RetryMode.Exponential, 8, TimeSpan.FromSeconds(100)), (client.Retry.Mode, client.Retry.MaxRetries, client.Retry.NetworkTimeout));
    }

    [Theory]
    [InlineData(StorageFault.Refused, 8)]
    [InlineData(StorageFault.AnswerLost, 8)]
    [InlineData(StorageFault.Disconnected, 8)]
    [InlineData(StorageFault.Busy, 1)]
    public async Task Call_succeeds_once_storage_is_back(StorageFault fault, int times)
    {
        var storage = await StartAsync();
        faults.Arm((_, call) => call <= times ? fault : StorageFault.None);

        await storage.Incoming.GetBlobClient("reviews.txt").UploadAsync(new BinaryData("good"), overwrite: true, Cancelled);
        await storage.Queue(StorageLayout.RetrainQueue).SendMessageAsync("{}", Cancelled);

        Assert.Equal(times + 2, faults.Calls);
        Assert.NotNull(await storage.Incoming.FindETagAsync("reviews.txt", Cancelled));
        Assert.Equal(1, (await storage.Queue(StorageLayout.RetrainQueue).GetPropertiesAsync(Cancelled)).Value.ApproximateMessagesCount);
    }

    [Fact]
    public async Task Try_without_an_answer_ends_and_the_next_one_succeeds()
    {
        var storage = await StartAsync(retries => retries with { TryTimeout = TimeSpan.FromMilliseconds(500) });
        faults.Arm((_, call) => call <= 2 ? StorageFault.Late : StorageFault.None);
        Assert.Null(await storage.Incoming.FindETagAsync("reviews.txt", Cancelled));
        Assert.True(faults.Calls >= 3, $"{faults.Calls} tries");
    }

    [Fact]
    public async Task Compare_and_swap_that_meets_412_is_tried_until_it_succeeds()
    {
        var account = azurite.NewAccount();
        var (storage, rival) = (new PipelineStorage(faults.Between(account)), new PipelineStorage(account).Runs.GetBlobClient(StorageLayout.Run("r")));
        await storage.EnsureCreatedAsync(Cancelled);
        var runs = new RunStore(storage);
        await runs.CreateAsync(new RunRecord { Run = "r", State = RunState.Training, Request = new RetrainRequest(), CreatedAt = DateTimeOffset.UnixEpoch }, Cancelled);
        var refusals = 0;
        faults.Arm((request, _) =>
        {
            // The same content is another version all the same.
            if (request.Method == RequestMethod.Put && ++refusals <= 5)
                rival.Upload(rival.DownloadContent(Cancelled).Value.Content, overwrite: true, Cancelled);
            return StorageFault.None;
        });

        await runs.UpdateAsync("r", run => run with { Step = run.Step + 1 }, Cancelled);

        Assert.Equal((6, 1), (refusals, (await runs.FindAsync("r", Cancelled))!.Step));
    }

    [Theory]
    [InlineData(StorageFault.Refused, 0)]
    [InlineData(StorageFault.Late, 0)]
    [InlineData(StorageFault.AnswerLost, 0)]
    [InlineData(StorageFault.Busy, 503)]
    public async Task Storage_that_stays_away_is_named_with_its_address_and_no_key(StorageFault fault, int status)
    {
        var storage = await StartAsync(retries => retries with { MaxRetries = 1, TryTimeout = TimeSpan.FromMilliseconds(500) });
        faults.Arm((_, _) => fault);
        var e = await Assert.ThrowsAsync<StorageUnavailableException>(() => storage.Runs.ReadJsonAsync<RunRecord>("r/run.json", Cancelled));
        Assert.Equal((2, 2, status), (e.Tries, faults.Calls, e.Status));
        Assert.StartsWith($"storage account {storage.Address}: expected an answer, found ", e.Message, StringComparison.Ordinal);
        Assert.Contains("after 2 tries; check that ", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("sig=", e.Message, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("AccountKey", e.ToString(), StringComparison.OrdinalIgnoreCase);

        // Queues say the same, and blocking calls.
        await Assert.ThrowsAsync<StorageUnavailableException>(() => storage.Queue(StorageLayout.RetrainQueue).SendMessageAsync("{}", Cancelled));
        Assert.Throws<StorageUnavailableException>(() => storage.Runs.GetBlobClient("r/run.json").DownloadContent(Cancelled));
    }

    [Fact]
    public async Task Polling_gives_up_after_three_tries()
    {
        var storage = await StartAsync();
        faults.Arm((_, _) => StorageFault.Refused);
        var e = await Assert.ThrowsAsync<StorageUnavailableException>(() => storage.PolledQueue(StorageLayout.RetrainQueue).ReceiveMessageAsync(cancellationToken: Cancelled));
        Assert.Equal((3, 3), (e.Tries, faults.Calls));
    }

    [Fact]
    public async Task Answers_about_blobs_and_queues_keep_their_meaning_and_are_not_tried_again()
    {
        var storage = await StartAsync();
        var blob = storage.Runs.GetBlobClient("r/run.json");
        faults.Arm((_, _) => StorageFault.None);
        Assert.Equal((404, "BlobNotFound"), await AnswerAsync(() => blob.DownloadContentAsync(Cancelled)));
        await blob.UploadAsync(new BinaryData("{}"), Cancelled);
        Assert.Equal((409, "BlobAlreadyExists"), await AnswerAsync(() => blob.UploadAsync(new BinaryData("{}"), Cancelled)));
        Assert.Equal(
            (412, "ConditionNotMet"),
            await AnswerAsync(() => blob.UploadAsync(new BinaryData("{}"), new Azure.Storage.Blobs.Models.BlobUploadOptions { Conditions = new() { IfMatch = new ETag("\"0x1\"") } }, Cancelled)));
        Assert.Equal((404, "QueueNotFound"), await AnswerAsync(() => storage.Queue("nowhere").SendMessageAsync("{}", Cancelled)));
        Assert.Equal(5, faults.Calls);
    }

    [Fact]
    public async Task Cancelled_call_is_cancelled_and_not_an_absence()
    {
        var storage = await StartAsync();
        using var stop = new CancellationTokenSource();
        faults.Arm((_, _) =>
        {
            stop.Cancel();
            return StorageFault.Late;
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => storage.Incoming.FindETagAsync("reviews.txt", stop.Token));
    }

    private async Task<PipelineStorage> StartAsync(Func<StorageRetries, StorageRetries>? change = null)
    {
        var account = faults.Between(azurite.NewAccount());
        var storage = new PipelineStorage(account with { Retries = change?.Invoke(account.Retries) ?? account.Retries });
        await storage.EnsureCreatedAsync(Cancelled);
        return storage;
    }

    private static async Task<(int Status, string? Code)> AnswerAsync(Func<Task> call)
    {
        var e = await Assert.ThrowsAsync<RequestFailedException>(call);
        return (e.Status, e.ErrorCode);
    }
}
