using System.Collections.Concurrent;
using Azure.Storage.Queues.Models;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.LocalHost.Queues;
using ImdbPipeline.Testing;

namespace ImdbPipeline.LocalHost.Tests.Queues;

public sealed class QueuePumpTests(AzuriteFixture azurite)
{
    private static readonly QueuePumpOptions Quick = new()
    {
        RetryDelay = TimeSpan.Zero,
        MaxPollingInterval = TimeSpan.FromMilliseconds(200),
    };

    private readonly LogLines log = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_handled_message_is_deleted_and_its_handler_gets_id_and_insertion_time()
    {
        var storage = await azurite.NewStorageAsync(Cancellation);
        var sent = (await storage.Queue(StorageLayout.RetrainQueue).SendMessageAsync("{}", Cancellation)).Value;
        var deliveries = new ConcurrentQueue<QueueDelivery>();

        await using var pump = await RunAsync(storage, StorageLayout.RetrainQueue, Quick, (message, _) =>
        {
            deliveries.Enqueue(message);
            return Task.CompletedTask;
        });

        await Eventually.FindAsync("an empty queue", async () => await CountAsync(storage, StorageLayout.RetrainQueue) == 0 ? log : null);
        Assert.Equal(new QueueDelivery(sent.MessageId, sent.InsertionTime, "{}"), Assert.Single(deliveries));
    }

    [Fact]
    public async Task A_message_that_fails_five_times_goes_to_the_poison_queue_with_its_body()
    {
        var storage = await azurite.NewStorageAsync(Cancellation);
        await storage.Queue(StorageLayout.ScoringShardsQueue).SendMessageAsync("""{"plan":"zürich"}""", Cancellation);
        var attempts = 0;

        await using var pump = await RunAsync(storage, StorageLayout.ScoringShardsQueue, Quick, (_, _) =>
        {
            Interlocked.Increment(ref attempts);
            throw new InvalidDataException("no such plan");
        });

        var poison = await ReceiveAsync(storage, StorageLayout.ScoringShardsPoisonQueue);
        Assert.Equal("""{"plan":"zürich"}""", poison.MessageText);
        await Eventually.FindAsync("an empty queue", async () => await CountAsync(storage, StorageLayout.ScoringShardsQueue) == 0 ? log : null);
        Assert.Equal(5, attempts);
    }

    [Fact]
    public async Task A_slow_handler_keeps_its_message_invisible_for_several_leases()
    {
        var storage = await azurite.NewStorageAsync(Cancellation);
        var queue = storage.Queue(StorageLayout.ScoringShardsQueue);
        var deliveries = new ConcurrentQueue<string>();
        var late = new TaskCompletionSource();
        await queue.SendMessageAsync("slow", Cancellation);

        // By storage's own clock, the second message becomes visible when the first one's lease would have expired three times.
        await queue.SendMessageAsync("late", visibilityTimeout: TimeSpan.FromSeconds(6), cancellationToken: Cancellation);
        await using var pump = await RunAsync(storage, StorageLayout.ScoringShardsQueue, Quick with { Lease = TimeSpan.FromSeconds(2) }, async (message, token) =>
        {
            deliveries.Enqueue(message.Body);
            if (message.Body == "late")
                late.SetResult();
            else
                await late.Task.WaitAsync(token);
        });

        await Eventually.FindAsync("an empty queue", async () => await CountAsync(storage, StorageLayout.ScoringShardsQueue) == 0 ? log : null);
        Assert.Equal(["slow", "late"], deliveries);
    }

    [Theory]
    [InlineData("{}", "{}")]
    [InlineData("e30=", "{}")]
    [InlineData("\uFEFF{ }", "{ }")]
    [InlineData("77u/e30=", "{}")]
    [InlineData("/////w==", "/////w==")]
    public async Task A_message_is_delivered_whether_it_is_Base64_or_plain_text(string message, string body)
    {
        var storage = await azurite.NewStorageAsync(Cancellation);
        await storage.RawQueue(StorageLayout.RetrainQueue).SendMessageAsync(message, Cancellation);
        var delivered = new TaskCompletionSource<string>();

        await using var pump = await RunAsync(storage, StorageLayout.RetrainQueue, Quick, (delivery, _) =>
        {
            delivered.TrySetResult(delivery.Body);
            return Task.CompletedTask;
        });

        Assert.Equal(body, await delivered.Task.WaitAsync(Cancellation));
    }

    [Fact]
    public async Task A_message_reaches_the_poison_queue_as_it_was_sent()
    {
        var storage = await azurite.NewStorageAsync(Cancellation);
        await storage.RawQueue(StorageLayout.RetrainQueue).SendMessageAsync("{ plain }", Cancellation);

        await using var pump = await RunAsync(storage, StorageLayout.RetrainQueue, Quick, (_, _) => throw new InvalidDataException("always"));

        PeekedMessage? moved = null;
        await Eventually.FindAsync("the poison message", async () =>
            moved = (await storage.RawQueue(StorageLayout.RetrainPoisonQueue).PeekMessagesAsync(1, Cancellation)).Value.FirstOrDefault());
        Assert.Equal("{ plain }", moved!.MessageText);
    }

    [Fact]
    public async Task Stopping_cancels_the_handler_and_releases_its_message_immediately()
    {
        var storage = await azurite.NewStorageAsync(Cancellation);
        await storage.Queue(StorageLayout.RetrainQueue).SendMessageAsync("{}", Cancellation);
        var started = new TaskCompletionSource();

        await using (await RunAsync(storage, StorageLayout.RetrainQueue, Quick with { Lease = TimeSpan.FromHours(1) }, async (_, token) =>
        {
            started.SetResult();
            await Task.Delay(Timeout.Infinite, token);
        }))
            await started.Task.WaitAsync(Cancellation);

        // The lease would hide it for an hour.
        Assert.Equal("{}", (await ReceiveAsync(storage, StorageLayout.RetrainQueue)).MessageText);
    }

    private async Task<RunningService> RunAsync(
        PipelineStorage storage, string queue, QueuePumpOptions options, Func<QueueDelivery, CancellationToken, Task> handle) =>
        await RunningService.StartAsync(new QueuePump(storage, queue, handle, options, TimeProvider.System, log));

    private static async Task<int> CountAsync(PipelineStorage storage, string queue) =>
        (await storage.Queue(queue).GetPropertiesAsync(Cancellation)).Value.ApproximateMessagesCount;

    private static Task<QueueMessage> ReceiveAsync(PipelineStorage storage, string queue) =>
        Eventually.FindAsync<QueueMessage>($"a message on {queue}", async () => (await storage.Queue(queue).ReceiveMessageAsync(cancellationToken: Cancellation)).Value);
}
