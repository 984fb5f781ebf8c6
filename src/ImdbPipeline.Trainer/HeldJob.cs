using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using ImdbPipeline.Core.Storage;

namespace ImdbPipeline.Trainer;

/// <summary>
/// A message received from <c>training-jobs</c>. Its visibility timeout is renewed in the background, so the message becomes visible
/// again only if this process dies.
/// </summary>
internal sealed class HeldJob : IAsyncDisposable
{
    private readonly QueueClient queue;
    private readonly QueueClient poison;
    private readonly TimeSpan visibility;
    private readonly CancellationTokenSource stop = new();
    private readonly CancellationTokenSource lost = new();
    private readonly SemaphoreSlim gate = new(1);
    private readonly Task renewing;
    private readonly string text;
    private string receipt;
    private bool completed;

    private HeldJob(QueueClient queue, QueueClient poison, QueueMessage message, TimeSpan visibility, TimeProvider timeProvider)
    {
        (this.queue, this.poison, this.visibility, receipt) = (queue, poison, visibility, message.PopReceipt);
        (MessageId, text, DequeueCount) = (message.MessageId, message.MessageText, message.DequeueCount);
        IsText = QueueText.TryDecode(text, out var body);
        Body = body;
        renewing = RenewAsync(timeProvider);
    }

    public string MessageId { get; }

    /// <summary>The decoded message text, or the raw message if it cannot be decoded.</summary>
    public string Body { get; }

    /// <summary>Whether the message could be decoded from the Base64 text that the Functions host and the storage SDK send.</summary>
    public bool IsText { get; }

    /// <summary>Dequeue count, including this time.</summary>
    public long DequeueCount { get; }

    /// <summary>Cancelled when renewal fails; another trainer may then receive the message.</summary>
    public CancellationToken Lost => lost.Token;

    /// <param name="lease">Lease duration of a run.</param>
    /// <returns>Null if the queue is empty.</returns>
    public static async Task<HeldJob?> TakeAsync(PipelineStorage storage, TimeSpan lease, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        // The raw client, because the decoding client throws on a malformed message before it can be moved to the poison queue.
        var queue = storage.RawQueue(StorageLayout.TrainingJobsQueue);
        // Longer than the run's lease, so that the lease has expired when the message becomes visible again.
        var visibility = 2 * lease;
        try
        {
            var message = await queue.ReceiveMessageAsync(visibility, cancellationToken);
            return message.Value is { } received ? new HeldJob(queue, storage.Queue(StorageLayout.TrainingJobsPoisonQueue), received, visibility, timeProvider) : null;
        }
        catch (RequestFailedException e) when (e.ErrorCode == QueueErrorCode.QueueNotFound)
        {
            // No host has run yet, so there are no jobs.
            return null;
        }
    }

    /// <summary>Deletes the message of a finished job.</summary>
    public Task DeleteAsync(CancellationToken cancellationToken) =>
        CompleteAsync(() => queue.DeleteMessageAsync(MessageId, receipt, cancellationToken), cancellationToken);

    /// <summary>Moves the message to the poison queue.</summary>
    public async Task PoisonAsync(CancellationToken cancellationToken)
    {
        await poison.SendMessageAsync(Body, cancellationToken);
        await DeleteAsync(cancellationToken);
    }

    /// <summary>Makes the message visible again after a delay.</summary>
    public Task ReturnAsync(TimeSpan after, CancellationToken cancellationToken) =>
        CompleteAsync(() => queue.UpdateMessageAsync(MessageId, receipt, text, after, cancellationToken), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await renewing;
        stop.Dispose();
        lost.Dispose();
        gate.Dispose();
    }

    private async Task CompleteAsync(Func<Task> complete, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            completed = true;
            await complete();
        }
        catch (RequestFailedException e) when (IsGone(e))
        {
            // Another trainer has received the message and will delete it.
        }
        finally
        {
            gate.Release();
        }
    }

    private async Task RenewAsync(TimeProvider timeProvider)
    {
        try
        {
            while (true)
            {
                await Task.Delay(visibility / 4, timeProvider, stop.Token);
                await gate.WaitAsync(stop.Token);
                try
                {
                    if (completed)
                        return;
                    receipt = (await queue.UpdateMessageAsync(MessageId, receipt, text, visibility, stop.Token)).Value.PopReceipt;
                }
                finally
                {
                    gate.Release();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The job has finished.
        }
        catch (RequestFailedException)
        {
            // The storage client has already retried.
            await lost.CancelAsync();
        }
    }

    private static bool IsGone(RequestFailedException e) => e.Status == 404 || e.ErrorCode == "PopReceiptMismatch";
}
