using System.Security.Cryptography;
using System.Text;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Telemetry;
using ImdbPipeline.Core.Uploads;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.Core.Operations;

/// <summary>Records why a poison message failed, and fails the run or file it belongs to.</summary>
public sealed class PoisonHandler(
    PipelineStorage storage, PoisonedTraining training, PoisonedScoring scoring, PoisonedUpload uploads, ILogger<PoisonHandler> log)
{
    /// <param name="queue">The poison queue.</param>
    /// <param name="message">The message on the poison queue.</param>
    public Task HandleAsync(string queue, QueueDelivery message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(queue);
        ArgumentNullException.ThrowIfNull(message);
        return Stage.RunAsync("GiveUp", TraceContext.OfMessage(message.Body, message.MessageId), span =>
        {
            span.SetTag("imdb.queue", queue);
            return RecordAsync(queue, message, cancellationToken);
        });
    }

    private async Task RecordAsync(string queue, QueueDelivery message, CancellationToken cancellationToken)
    {
        var (subject, reason) = await EndAsync(queue, message, cancellationToken);
        var record = new PoisonRecord(queue, message.MessageId, subject, reason, message.Body, message.InsertedOn);
        if (await storage.Runs.CreateJsonAsync(StorageLayout.PoisonRecord(queue, FileName(message.MessageId)), record, cancellationToken))
            PipelineTelemetry.CountPoisonMessage(queue);
        log.MessagePoisoned(queue, subject ?? message.MessageId, reason);
    }

    private async Task<PoisonOutcome> EndAsync(string queue, QueueDelivery message, CancellationToken cancellationToken)
    {
        try
        {
            return queue switch
            {
                StorageLayout.RetrainPoisonQueue => await training.RetrainAsync(message, cancellationToken),
                StorageLayout.TrainingJobsPoisonQueue => await training.JobAsync(message.Body, cancellationToken),
                StorageLayout.ScoringShardsPoisonQueue => await scoring.ShardAsync(message.Body, cancellationToken),
                StorageLayout.BlobEventsPoisonQueue => await uploads.EventAsync(message.Body, cancellationToken),
                StorageLayout.BlobTriggerPoisonQueue => await uploads.BlobAsync(message.Body, cancellationToken),
                _ => new PoisonOutcome(null, "Every delivery failed; see the host's log."),
            };
        }
        catch (Exception e) when (e is InputRejectedException or InvalidDataException)
        {
            // Invalid messages and damaged records cannot be handled; without this, the message would be redelivered forever.
            return new PoisonOutcome(null, e.Message);
        }
    }

    // The storage service's ids are GUIDs; any other id is hashed, so it cannot act as a path.
    internal static string FileName(string messageId) =>
        messageId.Length is > 0 and <= 100 && messageId.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')
            ? messageId
            : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(messageId)));
}
