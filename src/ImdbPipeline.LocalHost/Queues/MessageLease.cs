using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.LocalHost.Queues;

/// <summary>Keeps a received message invisible for as long as its handler works.</summary>
internal sealed class MessageLease : IAsyncDisposable
{
    private readonly QueueClient queue;
    private readonly QueueMessage message;
    private readonly TimeSpan length;
    private readonly TimeProvider time;
    private readonly ILogger log;
    private readonly CancellationTokenSource ended = new();
    private readonly CancellationTokenSource working;
    private readonly Task renewal;

    public MessageLease(QueueClient queue, QueueMessage message, TimeSpan length, TimeProvider time, ILogger log, CancellationToken stopping)
    {
        this.queue = queue;
        this.message = message;
        this.length = length;
        this.time = time;
        this.log = log;
        PopReceipt = message.PopReceipt;
        working = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        renewal = RenewAsync();
    }

    /// <summary>The receipt to delete or release the message with; changes with every renewal.</summary>
    public string PopReceipt { get; private set; }

    /// <summary>Whether another receiver may have the message: its work must not be finished here.</summary>
    public bool Lost { get; private set; }

    /// <summary>Cancelled when the host stops or the message is lost.</summary>
    public CancellationToken Working => working.Token;

    /// <summary>Ends the renewal; <see cref="PopReceipt"/> is final afterwards.</summary>
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
        var expires = time.GetUtcNow() + length;
        while (!Lost)
        {
            await Task.Delay(length / 3, time, ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (ended.IsCancellationRequested)
                return;
            try
            {
                // Never cancelled on the way: the answer carries the only receipt that is valid from now on.
                var answer = await queue.UpdateMessageAsync(message.MessageId, PopReceipt, message.MessageText, length, CancellationToken.None);
                PopReceipt = answer.Value.PopReceipt;
                expires = time.GetUtcNow() + length;
            }
            catch (Exception e)
            {
                Lost = time.GetUtcNow() >= expires || e is RequestFailedException { ErrorCode: "MessageNotFound" or "PopReceiptMismatch" };
                log.RenewalFailed(queue.Name, message.MessageId, e.Message);
            }
        }
        await working.CancelAsync();
    }
}
