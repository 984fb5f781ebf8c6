using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;

namespace ImdbPipeline.Core.Storage;

/// <summary>Keeps a received message invisible to other receivers until it is completed. If this process dies, the message becomes visible again.</summary>
public sealed class QueueMessageLease : IAsyncDisposable
{
    private readonly QueueClient queue;
    private readonly QueueClient renewals;
    private readonly QueueMessage message;
    private readonly TimeSpan duration;
    private readonly TimeProvider timeProvider;
    private readonly Action<Exception> renewalFailed;
    private readonly CancellationTokenSource ended = new();
    private readonly CancellationTokenSource lost = new();
    private readonly Task renewal;
    private string receipt;

    /// <param name="queue">Completes the message.</param>
    /// <param name="renewals">The same queue, with few retries, so that ending the lease never waits for long.</param>
    /// <param name="message">The received message.</param>
    /// <param name="duration">The visibility timeout the message was received with; renewed at a third of it.</param>
    /// <param name="timeProvider">Measures the time between renewals.</param>
    /// <param name="renewalFailed">Called for every renewal that fails, except in an outage, which is logged once for all callers. It is repeated unless another receiver has the message.</param>
    public QueueMessageLease(QueueClient queue, QueueClient renewals, QueueMessage message, TimeSpan duration, TimeProvider timeProvider, Action<Exception> renewalFailed)
    {
        ArgumentNullException.ThrowIfNull(message);
        (this.queue, this.renewals, this.message, this.duration, this.timeProvider, this.renewalFailed) = (queue, renewals, message, duration, timeProvider, renewalFailed);
        receipt = message.PopReceipt;
        renewal = RenewAsync();
    }

    /// <summary>Cancelled when another receiver has had the message; if so, do not complete it here.</summary>
    public CancellationToken Lost => lost.Token;

    /// <summary>Deletes the message; does nothing if another receiver has it.</summary>
    public Task DeleteAsync(CancellationToken cancellationToken) =>
        CompleteAsync(() => queue.DeleteMessageAsync(message.MessageId, receipt, cancellationToken));

    /// <summary>Makes the message visible again after a delay; does nothing if another receiver has it.</summary>
    public Task ReleaseAsync(TimeSpan delay, CancellationToken cancellationToken) =>
        CompleteAsync(() => queue.UpdateMessageAsync(message.MessageId, receipt, message.MessageText, delay, cancellationToken));

    /// <summary>Stops renewing.</summary>
    public async Task EndAsync()
    {
        await ended.CancelAsync();
        await renewal;
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        lost.Dispose();
        ended.Dispose();
    }

    private async Task CompleteAsync(Func<Task> complete)
    {
        // Every renewal replaces the receipt.
        await EndAsync();
        try
        {
            await complete();
        }
        catch (RequestFailedException e) when (IsGone(e))
        {
            // The other receiver completes it.
        }
    }

    private async Task RenewAsync()
    {
        while (true)
        {
            await Task.Delay(duration / 3, timeProvider, ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (ended.IsCancellationRequested)
                return;
            try
            {
                // Never cancelled midway: the response holds the only receipt that is valid from now on.
                receipt = (await renewals.UpdateMessageAsync(message.MessageId, receipt, message.MessageText, duration, CancellationToken.None)).Value.PopReceipt;
            }
            catch (Exception e)
            {
                if (e is not StorageUnavailableException { IsOutage: true })
                    renewalFailed(e);
                // An expired message can still be renewed, as long as nobody else has received it.
                if (e is not RequestFailedException failed || !IsGone(failed))
                    continue;
                await lost.CancelAsync();
                return;
            }
        }
    }

    private static bool IsGone(RequestFailedException e) => e.Status == 404 || e.ErrorCode is "MessageNotFound" or "PopReceiptMismatch";
}
