using Azure;
using Azure.Storage.Blobs.Models;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Training;

namespace ImdbPipeline.Core.Operations;

/// <summary>Asks again for what a given-up message had asked for: for people, once its cause is put right.</summary>
public sealed class ReplayHandler(PipelineStorage storage, RunStore runs)
{
    private const string Subject = "given-up message";

    /// <param name="messageId">On its poison queue, as the status names it.</param>
    /// <returns>Null where no such message was given up.</returns>
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

    /// <summary>What to send to train again; without the name of the run, which has ended.</summary>
    /// <returns>Null where the message was about no training.</returns>
    /// <exception cref="InputRejectedException">It cannot be told what was asked for.</exception>
    public async Task<RetrainRequest?> RequestAsync(PoisonRecord message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        return message.Queue switch
        {
            StorageLayout.RetrainPoisonQueue => RetrainMessage.Parse(message.Body) with { Run = null },
            StorageLayout.TrainingJobsPoisonQueue => await OfRunAsync(TrainingJob.Parse(message.Body).Run, cancellationToken) with { Run = null },
            _ => null,
        };
    }

    /// <summary>Copies the upload onto itself, which to every trigger is a new upload of the same content.</summary>
    /// <returns><c>{container}/{blob}</c>.</returns>
    /// <exception cref="InputRejectedException">The message was about no upload, or it is there no more.</exception>
    public async Task<string> UploadAsync(PoisonRecord message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (message.Subject?.Split('/', 2) is not [StorageLayout.Datasets or StorageLayout.Incoming, { Length: > 0 } name])
            throw new InputRejectedException("replay-subject", Subject, "a training or an upload that it was about", message.Subject ?? "none", "Upload or send anew whatever it was.");
        var blob = storage.Container(message.Subject.Split('/')[0]).GetBlobClient(name);
        try
        {
            var copy = await blob.StartCopyFromUriAsync(blob.Uri, new BlobCopyFromUriOptions(), cancellationToken);
            await copy.WaitForCompletionAsync(cancellationToken);
            return message.Subject;
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            throw new InputRejectedException("replay-upload", Subject, $"the upload {message.Subject}", "none", "Upload it again.", e);
        }
    }

    private async Task<RetrainRequest> OfRunAsync(string run, CancellationToken cancellationToken) =>
        (await runs.FindAsync(run, cancellationToken))?.Request
            ?? throw new InputRejectedException("replay-run", Subject, $"the record of run {run}", "none", "Send a retrain message with the settings you want.");
}
