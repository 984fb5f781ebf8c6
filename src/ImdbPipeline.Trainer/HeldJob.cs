using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using ImdbPipeline.Core.Storage;

namespace ImdbPipeline.Trainer;

/// <summary>
/// A message of <c>training-jobs</c> that this process holds: it stays invisible to others for as long as it is renewed,
/// and becomes visible by itself when this process dies.
/// </summary>
internal sealed class HeldJob : IAsyncDisposable
{
    private readonly QueueClient queue;
    private readonly QueueClient poison;
    private readonly TimeSpan visibility;
    private readonly CancellationTokenSource stop = new();
    private readonly CancellationTokenSource lost = new();
    private readonly SemaphoreSlim turn = new(1);
    private readonly Task renewing;
    private readonly string text;
    private string receipt;
    private bool done;

    private HeldJob(QueueClient queue, QueueClient poison, QueueMessage message, TimeSpan visibility, TimeProvider clock)
    {
        (this.queue, this.poison, this.visibility, receipt) = (queue, poison, visibility, message.PopReceipt);
        (MessageId, text, Deliveries) = (message.MessageId, message.MessageText, message.DequeueCount);
        IsText = QueueText.TryDecode(text, out var body);
        Body = body;
        renewing = RenewAsync(clock);
    }

    public string MessageId { get; }

    /// <summary>The message as it lies on the queue where it is no text.</summary>
    public string Body { get; }

    /// <summary>False where the message is not in the form the Functions host and the storage SDK put texts in.</summary>
    public bool IsText { get; }

    /// <summary>How often the message was taken, this time included.</summary>
    public long Deliveries { get; }

    /// <summary>Cancelled when the message can no longer be renewed: another trainer may have it.</summary>
    public CancellationToken Lost => lost.Token;

    /// <param name="lease">How long a run stays with a trainer that died.</param>
    /// <returns>Null where no message waits.</returns>
    public static async Task<HeldJob?> TakeAsync(PipelineStorage storage, TimeSpan lease, TimeProvider clock, CancellationToken cancellationToken)
    {
        // Raw: the decoding client fails on a wrongly encoded message before anybody can put it away.
        var queue = storage.RawQueue(StorageLayout.TrainingJobsQueue);
        // Longer than the run's lease: whoever takes the message after this process died finds the run free.
        var visibility = 2 * lease;
        try
        {
            var message = await queue.ReceiveMessageAsync(visibility, cancellationToken);
            return message.Value is { } found ? new HeldJob(queue, storage.Queue(StorageLayout.TrainingJobsPoisonQueue), found, visibility, clock) : null;
        }
        catch (RequestFailedException e) when (e.ErrorCode == QueueErrorCode.QueueNotFound)
        {
            // No host has been up yet, so nobody can have sent a job.
            return null;
        }
    }

    /// <summary>The job is over, whichever way.</summary>
    public Task DeleteAsync(CancellationToken cancellationToken) =>
        EndAsync(() => queue.DeleteMessageAsync(MessageId, receipt, cancellationToken), cancellationToken);

    /// <summary>The job is given up: the message moves to the poison queue, where its reason is recorded.</summary>
    public async Task PoisonAsync(CancellationToken cancellationToken)
    {
        await poison.SendMessageAsync(Body, cancellationToken);
        await DeleteAsync(cancellationToken);
    }

    /// <summary>Another trainer may take the message after the delay.</summary>
    public Task ReturnAsync(TimeSpan after, CancellationToken cancellationToken) =>
        EndAsync(() => queue.UpdateMessageAsync(MessageId, receipt, text, after, cancellationToken), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await renewing;
        stop.Dispose();
        lost.Dispose();
        turn.Dispose();
    }

    private async Task EndAsync(Func<Task> end, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            done = true;
            await end();
        }
        catch (RequestFailedException e) when (IsGone(e))
        {
            // Another trainer has it: the message is theirs to end.
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task RenewAsync(TimeProvider clock)
    {
        try
        {
            while (true)
            {
                await Task.Delay(visibility / 4, clock, stop.Token);
                await turn.WaitAsync(stop.Token);
                try
                {
                    if (done)
                        return;
                    receipt = (await queue.UpdateMessageAsync(MessageId, receipt, text, visibility, stop.Token)).Value.PopReceipt;
                }
                finally
                {
                    turn.Release();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The job has ended.
        }
        catch (RequestFailedException)
        {
            // The client has tried again by itself for long enough.
            await lost.CancelAsync();
        }
    }

    private static bool IsGone(RequestFailedException e) => e.Status == 404 || e.ErrorCode == "PopReceiptMismatch";
}
