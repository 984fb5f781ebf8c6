using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using ImdbPipeline.Core.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.LocalHost.Queues;

/// <summary>
/// Delivers a queue's messages to a handler as the Functions host does: at least once, invisible while being handled, again
/// after a failure, and moved to the poison queue after <see cref="QueuePumpOptions.MaxDequeueCount"/> deliveries.
/// </summary>
public sealed class QueuePump(
    PipelineStorage storage, string queue, Func<QueueDelivery, CancellationToken, Task> handle, QueuePumpOptions options, TimeProvider timeProvider, ILogger log)
    : BackgroundService
{
    private readonly QueueClient source = storage.RawQueue(queue);
    private readonly QueueClient polled = storage.Prompt.RawQueue(queue);

    // A poison queue has no poison queue itself.
    private readonly QueueClient? poison = queue.EndsWith(StorageLayout.PoisonSuffix, StringComparison.Ordinal)
        ? null
        : storage.RawQueue(queue + StorageLayout.PoisonSuffix);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, options.BatchSize).Select(_ => PumpAsync(stoppingToken)));

    private async Task PumpAsync(CancellationToken stopping)
    {
        var idle = options.PollingInterval;
        string? fault = null;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                // Not cancelled: an aborted request may still dequeue a message and hide it for a whole lease.
                var message = (await polled.ReceiveMessageAsync(options.Lease, CancellationToken.None)).Value;
                if (message is not null && stopping.IsCancellationRequested)
                {
                    await source.UpdateMessageAsync(message.MessageId, message.PopReceipt, message.MessageText, TimeSpan.Zero, CancellationToken.None);
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
                // Storage may be unavailable for a while; keep polling. An outage of the whole service is logged once for all its queues.
                if (e.Message != fault && e is not StorageUnavailableException { IsOutage: true })
                    log.QueueUnavailable(queue, e.Message);
                fault = e.Message;
            }
            await Task.Delay(idle, timeProvider, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            idle = idle * 2 < options.MaxPollingInterval ? idle * 2 : options.MaxPollingInterval;
        }
    }

    private async Task DeliverAsync(QueueMessage message, CancellationToken stopping)
    {
        await using var lease = new QueueMessageLease(source, polled, message, options.Lease, timeProvider, e => log.RenewalFailed(queue, message.MessageId, e.Message));
        if (message.DequeueCount > options.MaxDequeueCount)
        {
            // Its earlier deliveries crashed the process, so none of them reached the check in FailAsync.
            log.MessagePoisoned(queue, message.MessageId, message.DequeueCount - 1, "no delivery finished");
            await MoveToPoisonQueueAsync(message, lease, stopping);
            return;
        }

        using var working = CancellationTokenSource.CreateLinkedTokenSource(stopping, lease.Lost);
        try
        {
            var inserted = message.InsertedOn ?? throw new InvalidDataException($"Message {message.MessageId}: expected an insertion time, found none. The storage service always sets it.");
            await handle(new QueueDelivery(message.MessageId, inserted, QueueText.Decode(message.MessageText)), working.Token);
        }
        catch (Exception e)
        {
            await lease.EndAsync();
            await FailAsync(message, lease, e, stopping);
            return;
        }
        await lease.EndAsync();
        if (lease.Lost.IsCancellationRequested)
            log.MessageLost(queue, message.MessageId);
        else
            await lease.DeleteAsync(CancellationToken.None);
    }

    private async Task FailAsync(QueueMessage message, QueueMessageLease lease, Exception error, CancellationToken stopping)
    {
        if (lease.Lost.IsCancellationRequested)
        {
            log.MessageLost(queue, message.MessageId);
        }
        else if (stopping.IsCancellationRequested)
        {
            await lease.ReleaseAsync(TimeSpan.Zero, CancellationToken.None);
        }
        else if (message.DequeueCount < options.MaxDequeueCount)
        {
            log.DeliveryFailed(queue, message.MessageId, message.DequeueCount, options.MaxDequeueCount, error.Message);
            await lease.ReleaseAsync(options.RetryDelay, CancellationToken.None);
        }
        else if (poison is null)
        {
            // As in the Functions host, it stays invisible for the rest of its lease and is then redelivered.
            log.PoisonFailed(error, queue, message.MessageId);
        }
        else
        {
            log.MessagePoisoned(queue, message.MessageId, message.DequeueCount, error.Message);
            await MoveToPoisonQueueAsync(message, lease, CancellationToken.None);
        }
    }

    // Send first, then delete: a crash in between duplicates the message; the other order would lose it.
    private async Task MoveToPoisonQueueAsync(QueueMessage message, QueueMessageLease lease, CancellationToken cancellationToken)
    {
        if (poison is not null)
            await poison.SendMessageAsync(message.MessageText, cancellationToken);
        await lease.DeleteAsync(cancellationToken);
    }
}
