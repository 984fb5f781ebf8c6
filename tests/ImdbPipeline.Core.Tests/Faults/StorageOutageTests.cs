using Azure;
using Azure.Core;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Testing;
using ImdbPipeline.Testing.Faults;

namespace ImdbPipeline.Core.Tests.Faults;

[Slow]
public sealed class StorageOutageTests(AzuriteFixture azurite)
{
    private readonly StorageFaults faults = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Default_retries_bridge_more_than_a_minute_even_with_the_shortest_jitter()
    {
        var retries = new StorageRetries();
        var shortest = Enumerable.Range(0, retries.MaxRetries).Sum(n => Math.Min(retries.Delay.TotalSeconds * Math.Pow(2, n), retries.MaxDelay.TotalSeconds) * 0.8);
        Assert.True(shortest > 60, $"{shortest} s");
        var client = new Azure.Storage.Blobs.BlobClientOptions();
        retries.ApplyTo(client);
        // In this mode, the SDK varies each delay by up to 20 % in either direction.
        Assert.Equal((RetryMode.Exponential, 8, TimeSpan.FromSeconds(100)), (client.Retry.Mode, client.Retry.MaxRetries, client.Retry.NetworkTimeout));
    }

    [Theory]
    [InlineData(StorageFault.ConnectionRefused, 8)]
    [InlineData(StorageFault.ResponseLost, 8)]
    [InlineData(StorageFault.ConnectionReset, 8)]
    [InlineData(StorageFault.Busy, 1)]
    public async Task A_call_succeeds_once_storage_is_back(StorageFault fault, int times)
    {
        var storage = await StartAsync();
        faults.Arm((_, call) => call <= times ? fault : StorageFault.None);

        await storage.Incoming.GetBlobClient("reviews.txt").UploadAsync(new BinaryData("good"), overwrite: true, Cancellation);
        await storage.Queue(StorageLayout.RetrainQueue).SendMessageAsync("{}", Cancellation);

        Assert.Equal(times + 2, faults.Calls);
        Assert.NotNull(await storage.Incoming.FindETagAsync("reviews.txt", Cancellation));
        Assert.Equal(1, (await storage.Queue(StorageLayout.RetrainQueue).GetPropertiesAsync(Cancellation)).Value.ApproximateMessagesCount);
    }

    [Fact]
    public async Task An_attempt_without_a_response_times_out_and_the_next_one_succeeds()
    {
        var storage = await StartAsync(retries => retries with { AttemptTimeout = TimeSpan.FromMilliseconds(500) });
        faults.Arm((_, call) => call <= 2 ? StorageFault.TimedOut : StorageFault.None);
        Assert.Null(await storage.Incoming.FindETagAsync("reviews.txt", Cancellation));
        Assert.True(faults.Calls >= 3, $"{faults.Calls} attempts");
    }

    [Fact]
    public async Task Compare_and_swap_is_retried_on_412_until_it_succeeds()
    {
        var account = azurite.NewAccount();
        var (storage, rival) = (new PipelineStorage(faults.Intercept(account)), new PipelineStorage(account).Runs.GetBlobClient(StorageLayout.Run("r")));
        await storage.EnsureCreatedAsync(Cancellation);
        var runs = new RunStore(storage);
        await runs.CreateAsync(new RunRecord { Run = "r", State = RunState.Training, Request = new RetrainRequest(), CreatedAt = DateTimeOffset.UnixEpoch }, Cancellation);
        var conflicts = 0;
        faults.Arm((request, _) =>
        {
            // Uploading the same content still changes the ETag.
            if (request.Method == RequestMethod.Put && ++conflicts <= 5)
                rival.Upload(rival.DownloadContent(Cancellation).Value.Content, overwrite: true, Cancellation);
            return StorageFault.None;
        });

        await runs.TransitionAsync("r", RunState.Training, run => run with { Step = run.Step + 1 }, Cancellation);

        Assert.Equal((6, 1), (conflicts, (await runs.FindAsync("r", Cancellation))!.Step));
    }

    [Theory]
    [InlineData(StorageFault.ConnectionRefused, 0)]
    [InlineData(StorageFault.TimedOut, 0)]
    [InlineData(StorageFault.ResponseLost, 0)]
    [InlineData(StorageFault.Busy, 503)]
    public async Task A_storage_outage_is_reported_with_the_address_and_without_a_key(StorageFault fault, int status)
    {
        var storage = await StartAsync(retries => retries with { MaxRetries = 1, AttemptTimeout = TimeSpan.FromMilliseconds(500) });
        faults.Arm((_, _) => fault);
        var e = await Assert.ThrowsAsync<StorageUnavailableException>(() => storage.Runs.ReadJsonAsync<RunRecord>("r/run.json", Cancellation));
        Assert.Equal((2, 2, status), (e.Attempts, faults.Calls, e.Status));
        Assert.StartsWith($"storage account {storage.Address}: expected a response, found ", e.Message, StringComparison.Ordinal);
        Assert.Contains("after 2 attempts. Check that ", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("sig=", e.Message, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("AccountKey", e.ToString(), StringComparison.OrdinalIgnoreCase);

        // The same applies to queues and to blocking calls.
        await Assert.ThrowsAsync<StorageUnavailableException>(() => storage.Queue(StorageLayout.RetrainQueue).SendMessageAsync("{}", Cancellation));
        Assert.Throws<StorageUnavailableException>(() => storage.Runs.GetBlobClient("r/run.json").DownloadContent(Cancellation));
    }

    [Fact]
    public async Task Polling_fails_after_three_attempts()
    {
        var storage = await StartAsync();
        faults.Arm((_, _) => StorageFault.ConnectionRefused);
        var e = await Assert.ThrowsAsync<StorageUnavailableException>(() => storage.Prompt.RawQueue(StorageLayout.RetrainQueue).ReceiveMessageAsync(cancellationToken: Cancellation));
        Assert.Equal((3, 3), (e.Attempts, faults.Calls));
    }

    [Theory]
    [InlineData(StorageFault.ConnectionRefused, false)]
    [InlineData(StorageFault.Busy, true)]
    public async Task Renewals_of_a_message_that_fail_are_reported_except_in_an_outage(StorageFault fault, bool reported)
    {
        var storage = await StartAsync();
        var (queue, renewals) = (storage.RawQueue(StorageLayout.RetrainQueue), storage.Prompt.RawQueue(StorageLayout.RetrainQueue));
        await queue.SendMessageAsync("{}", Cancellation);
        var message = (await queue.ReceiveMessageAsync(TimeSpan.FromMinutes(1), Cancellation)).Value;
        var reports = 0;
        faults.Arm((_, _) => fault);
        await using (var lease = new QueueMessageLease(queue, renewals, message, TimeSpan.FromMilliseconds(3), TimeProvider.System, _ => Interlocked.Increment(ref reports)))
        {
            // Three attempts for each renewal.
            await Eventually.HoldsAsync("two renewals", () => faults.Calls >= 6);
            await lease.EndAsync();
            Assert.False(lease.Lost.IsCancellationRequested);
        }

        Assert.Equal(reported, reports > 0);
    }

    [Fact]
    public async Task Blob_and_queue_errors_keep_their_meaning_and_are_not_retried()
    {
        var storage = await StartAsync();
        var blob = storage.Runs.GetBlobClient("r/run.json");
        faults.Arm((_, _) => StorageFault.None);
        Assert.Equal((404, "BlobNotFound"), await AnswerAsync(() => blob.DownloadContentAsync(Cancellation)));
        await blob.UploadAsync(new BinaryData("{}"), Cancellation);
        Assert.Equal((409, "BlobAlreadyExists"), await AnswerAsync(() => blob.UploadAsync(new BinaryData("{}"), Cancellation)));
        Assert.Equal(
            (412, "ConditionNotMet"),
            await AnswerAsync(() => blob.UploadAsync(new BinaryData("{}"), new Azure.Storage.Blobs.Models.BlobUploadOptions { Conditions = new() { IfMatch = new ETag("\"0x1\"") } }, Cancellation)));
        Assert.Equal((404, "QueueNotFound"), await AnswerAsync(() => storage.Queue("nowhere").SendMessageAsync("{}", Cancellation)));
        Assert.Equal(5, faults.Calls);
    }

    [Fact]
    public async Task A_cancelled_call_is_not_reported_as_an_outage()
    {
        var storage = await StartAsync();
        using var stop = new CancellationTokenSource();
        faults.Arm((_, _) =>
        {
            stop.Cancel();
            return StorageFault.TimedOut;
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => storage.Incoming.FindETagAsync("reviews.txt", stop.Token));
    }

    private async Task<PipelineStorage> StartAsync(Func<StorageRetries, StorageRetries>? change = null)
    {
        var account = faults.Intercept(azurite.NewAccount());
        var storage = new PipelineStorage(account with { Retries = change?.Invoke(account.Retries) ?? account.Retries });
        await storage.EnsureCreatedAsync(Cancellation);
        return storage;
    }

    private static async Task<(int Status, string? Code)> AnswerAsync(Func<Task> call)
    {
        var e = await Assert.ThrowsAsync<RequestFailedException>(call);
        return (e.Status, e.ErrorCode);
    }
}
