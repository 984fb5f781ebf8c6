using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using ImdbPipeline.Core.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.LocalHost.Queues;

/// <summary>
/// Delivers a queue's messages to a handler as the Functions host does: at least once, invisible while worked on, again
/// after a failure, and after <see cref="QueuePumpOptions.MaxDequeueCount"/> deliveries to the poison queue.
/// </summary>
public sealed class QueuePump(
    PipelineStorage storage, string queue, Func<QueueDelivery, CancellationToken, Task> handle, QueuePumpOptions options, TimeProvider time, ILogger log)
    : BackgroundService
{
    private readonly QueueClient source = storage.RawQueue(queue);
    private readonly QueueClient polled = storage.PolledQueue(queue);

    // A poison queue has none of its own.
    private readonly QueueClient? poison = queue.EndsWith(StorageLayout.PoisonSuffix, StringComparison.Ordinal)
        ? null
        : storage.RawQueue(queue + StorageLayout.PoisonSuffix);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, options.BatchSize).Select(_ => PumpAsync(stoppingToken)));

    private async Task PumpAsync(CancellationToken stopping)
    {
        var idle = options.PollingInterval;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                // Not cancelled: a request that is given up here may still take a message there, hidden for a whole lease.
                var message = (await polled.ReceiveMessageAsync(options.Lease, CancellationToken.None)).Value;
                if (message is not null && stopping.IsCancellationRequested)
                {
                    await ReleaseAsync(message, message.PopReceipt, TimeSpan.Zero);
                    return;
                }
                if (message is not null)
                {
                    idle = options.PollingInterval;
                    await DeliverAsync(message, stopping);
                    continue;
                }
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // Storage may be away for a while; the pump has to be there when it comes back.
                log.QueueUnavailable(queue, e.Message);
            }
            await Task.Delay(idle, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            idle = idle * 2 < options.MaxPollingInterval ? idle * 2 : options.MaxPollingInterval;
        }
    }

    private async Task DeliverAsync(QueueMessage message, CancellationToken stopping)
    {
        if (!QueueText.TryDecode(message.MessageText, out var body))
        {
            log.MessageUndecodable(queue, message.MessageId);
            await GiveUpAsync(message, message.PopReceipt, body, stopping);
            return;
        }
        if (message.DequeueCount > options.MaxDequeueCount)
        {
            // Its earlier deliveries killed their process, so none of them came to the decision below.
            log.MessagePoisoned(queue, message.MessageId, message.DequeueCount - 1, "no delivery came to its end");
            await GiveUpAsync(message, message.PopReceipt, body, stopping);
            return;
        }

        await using var lease = new MessageLease(source, message, options.Lease, time, log, stopping);
        try
        {
            var inserted = message.InsertedOn ?? throw new InvalidDataException($"Message {message.MessageId} carries no insertion time.");
            await handle(new QueueDelivery(message.MessageId, inserted, body), lease.Working);
        }
        catch (Exception e)
        {
            await lease.EndAsync();
            await FailAsync(message, lease, body, e, stopping);
            return;
        }
        await lease.EndAsync();
        if (lease.Lost)
            log.MessageLost(queue, message.MessageId);
        else
            await source.DeleteMessageAsync(message.MessageId, lease.PopReceipt, CancellationToken.None);
    }

    private async Task FailAsync(QueueMessage message, MessageLease lease, string body, Exception error, CancellationToken stopping)
    {
        if (lease.Lost)
        {
            log.MessageLost(queue, message.MessageId);
        }
        else if (stopping.IsCancellationRequested)
        {
            await ReleaseAsync(message, lease.PopReceipt, TimeSpan.Zero);
        }
        else if (message.DequeueCount < options.MaxDequeueCount)
        {
            log.DeliveryFailed(queue, message.MessageId, message.DequeueCount, options.MaxDequeueCount, error.Message);
            await ReleaseAsync(message, lease.PopReceipt, options.RetryDelay);
        }
        else if (poison is null)
        {
            // As in the Functions host: it stays invisible for the rest of its lease and is then tried again.
            log.PoisonFailed(error, queue, message.MessageId);
        }
        else
        {
            log.MessagePoisoned(queue, message.MessageId, message.DequeueCount, error.Message);
            await GiveUpAsync(message, lease.PopReceipt, body, CancellationToken.None);
        }
    }

    private async Task ReleaseAsync(QueueMessage message, string receipt, TimeSpan delay) =>
        await source.UpdateMessageAsync(message.MessageId, receipt, message.MessageText, delay, CancellationToken.None);

    // Sent first and deleted afterwards: a crash between the two doubles the message, the other order would lose it.
    private async Task GiveUpAsync(QueueMessage message, string receipt, string body, CancellationToken cancellationToken)
    {
        if (poison is not null)
            await poison.SendMessageAsync(QueueText.Encode(body), cancellationToken);
        await source.DeleteMessageAsync(message.MessageId, receipt, cancellationToken);
    }
}
