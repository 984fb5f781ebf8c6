using Azure;
using Azure.Storage.Blobs.Models;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Uploads;

namespace ImdbPipeline.Core.Operations;

/// <summary>Retries a poison message on request, once its cause is fixed.</summary>
public sealed class ReplayHandler(PipelineStorage storage, RunStore runs)
{
    private const string Subject = "poison message";

    /// <param name="messageId">Id on the poison queue, as shown in the status.</param>
    /// <returns>Null if there is no such poison message.</returns>
    public async Task<PoisonRecord?> FindAsync(string messageId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(messageId);
        foreach (var queue in StorageLayout.Queues.Where(queue => queue.EndsWith(StorageLayout.PoisonSuffix, StringComparison.Ordinal)))
        {
            if (await storage.Runs.ReadJsonAsync<PoisonRecord>(StorageLayout.PoisonRecord(queue, PoisonHandler.FileName(messageId)), cancellationToken) is { } found)
                return found.Value;
        }
        return null;
    }

    /// <summary>The request for training again, without the run's name because that run has ended.</summary>
    /// <returns>Null if the message is not about training.</returns>
    /// <exception cref="InputRejectedException">The original request is invalid or unknown.</exception>
    public async Task<RetrainRequest?> RequestAsync(PoisonRecord message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        return message.Queue switch
        {
            StorageLayout.RetrainPoisonQueue => RetrainMessage.Parse(message.Body) with { Run = null },
            StorageLayout.TrainingJobsPoisonQueue => await RequestOfRunAsync(TrainingJob.Parse(message.Body).Run, cancellationToken) with { Run = null },
            _ => null,
        };
    }

    /// <summary>Copies the blob onto itself, which all triggers treat as a new upload.</summary>
    /// <returns><c>{container}/{blob}</c>.</returns>
    /// <exception cref="InputRejectedException">The message is not about an upload, or the upload no longer exists.</exception>
    public async Task<string> UploadAsync(PoisonRecord message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (message.Subject?.Split('/', 2) is not [StorageLayout.Datasets or StorageLayout.Incoming, { Length: > 0 } name])
            throw new InputRejectedException(ErrorRules.ReplaySubject, Subject, "a training run or an upload as its subject", message.Subject ?? "none", "Upload the file or send the message again.");
        var blob = storage.Container(message.Subject.Split('/')[0]).GetBlobClient(name);
        try
        {
            var copy = await blob.StartCopyFromUriAsync(blob.Uri, new BlobCopyFromUriOptions(), cancellationToken);
            await copy.WaitForCompletionAsync(cancellationToken);
            return message.Subject;
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            throw new InputRejectedException(ErrorRules.ReplayUpload, Subject, $"the upload {message.Subject}", "none", "Upload it again.", e);
        }
    }

    private async Task<RetrainRequest> RequestOfRunAsync(string run, CancellationToken cancellationToken) =>
        (await runs.FindAsync(run, cancellationToken))?.Request
            ?? throw new InputRejectedException(ErrorRules.ReplayRun, Subject, $"the record of run {run}", "none", "Send a retrain message with the desired settings.");
}
