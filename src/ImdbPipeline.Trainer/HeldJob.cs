using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using ImdbPipeline.Core.Storage;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.Trainer;

/// <summary>A message received from <c>training-jobs</c>, invisible to other trainers while this process lives.</summary>
internal sealed class HeldJob : IAsyncDisposable
{
    private readonly QueueMessageLease lease;
    private readonly QueueClient poison;

    private HeldJob(QueueMessageLease lease, QueueClient poison, QueueMessage message)
    {
        (this.lease, this.poison, MessageId, DequeueCount) = (lease, poison, message.MessageId, message.DequeueCount);
        Body = QueueText.Decode(message.MessageText);
    }

    public string MessageId { get; }

    /// <summary>The decoded message text.</summary>
    public string Body { get; }

    /// <summary>Dequeue count, including this time.</summary>
    public long DequeueCount { get; }

    /// <summary>Cancelled when another trainer may have received the message.</summary>
    public CancellationToken Lost => lease.Lost;

    /// <param name="storage">The account with the queue.</param>
    /// <param name="lease">Lease duration of a run.</param>
    /// <param name="timeProvider">Measures the time between renewals.</param>
    /// <param name="log">Receives failed renewals.</param>
    /// <param name="cancellationToken">Cancels the receipt.</param>
    /// <returns>Null if the queue is empty.</returns>
    public static async Task<HeldJob?> TakeAsync(PipelineStorage storage, TimeSpan lease, TimeProvider timeProvider, ILogger log, CancellationToken cancellationToken)
    {
        // The raw client, because the decoding client throws on a malformed message before it can be moved to the poison queue.
        var queue = storage.RawQueue(StorageLayout.TrainingJobsQueue);
        // Longer than the run's lease, so that the lease has expired when the message becomes visible again.
        var visibility = 2 * lease;
        try
        {
            return (await queue.ReceiveMessageAsync(visibility, cancellationToken)).Value is { } message
                ? new HeldJob(new QueueMessageLease(queue, storage.Prompt.RawQueue(StorageLayout.TrainingJobsQueue), message, visibility, timeProvider, e => log.MessageNotRenewed(message.MessageId, e.Message)), storage.Queue(StorageLayout.TrainingJobsPoisonQueue), message)
                : null;
        }
        catch (RequestFailedException e) when (e.ErrorCode == QueueErrorCode.QueueNotFound)
        {
            // No host has run yet, so there are no jobs.
            return null;
        }
    }

    /// <summary>Deletes the message of a finished job.</summary>
    public Task DeleteAsync(CancellationToken cancellationToken) => lease.DeleteAsync(cancellationToken);

    /// <summary>Moves the message to the poison queue.</summary>
    public async Task PoisonAsync(CancellationToken cancellationToken)
    {
        await poison.SendMessageAsync(Body, cancellationToken);
        await DeleteAsync(cancellationToken);
    }

    /// <summary>Makes the message visible again after a delay.</summary>
    public Task ReturnAsync(TimeSpan after, CancellationToken cancellationToken) => lease.ReleaseAsync(after, cancellationToken);

    public ValueTask DisposeAsync() => lease.DisposeAsync();
}
