using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.LocalHost.Queues;

/// <summary>Keeps a received message invisible while its handler runs.</summary>
internal sealed class MessageLease : IAsyncDisposable
{
    private readonly QueueClient queue;
    private readonly QueueMessage message;
    private readonly TimeSpan duration;
    private readonly TimeProvider timeProvider;
    private readonly ILogger log;
    private readonly CancellationTokenSource ended = new();
    private readonly CancellationTokenSource working;
    private readonly Task renewal;

    public MessageLease(QueueClient queue, QueueMessage message, TimeSpan duration, TimeProvider timeProvider, ILogger log, CancellationToken stopping)
    {
        this.queue = queue;
        this.message = message;
        this.duration = duration;
        this.timeProvider = timeProvider;
        this.log = log;
        PopReceipt = message.PopReceipt;
        working = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        renewal = RenewAsync();
    }

    /// <summary>The receipt for deleting or releasing the message; changes with every renewal.</summary>
    public string PopReceipt { get; private set; }

    /// <summary>Whether another receiver may have the message; if so, do not complete it here.</summary>
    public bool Lost { get; private set; }

    /// <summary>Cancelled when the host stops or the lease is lost.</summary>
    public CancellationToken Working => working.Token;

    /// <summary>Stops renewing; <see cref="PopReceipt"/> is final afterwards.</summary>
    public async Task EndAsync()
    {
        await ended.CancelAsync();
        await renewal;
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        working.Dispose();
        ended.Dispose();
    }

    private async Task RenewAsync()
    {
        var expires = timeProvider.GetUtcNow() + duration;
        while (!Lost)
        {
            await Task.Delay(duration / 3, timeProvider, ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (ended.IsCancellationRequested)
                return;
            try
            {
                // Never cancelled midway: the response holds the only receipt that is valid from now on.
                var response = await queue.UpdateMessageAsync(message.MessageId, PopReceipt, message.MessageText, duration, CancellationToken.None);
                PopReceipt = response.Value.PopReceipt;
                expires = timeProvider.GetUtcNow() + duration;
            }
            catch (Exception e)
            {
                Lost = timeProvider.GetUtcNow() >= expires || e is RequestFailedException { ErrorCode: "MessageNotFound" or "PopReceiptMismatch" };
                log.RenewalFailed(queue.Name, message.MessageId, e.Message);
            }
        }
        await working.CancelAsync();
    }
}
