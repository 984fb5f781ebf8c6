using System.Text.Json;
using Azure;
using Azure.Storage.Blobs.Models;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Learning.Checkpoints;

namespace ImdbPipeline.Trainer;

/// <summary>Stores the checkpoints of a run under <c>runs/_checkpoints/{run}/</c>. The old one is deleted after the new one is uploaded.</summary>
/// <param name="folder">Temporary folder for transfers; deleted by the caller.</param>
/// <param name="grace">Ends calls that would outlast the time this process has to stop.</param>
internal sealed class RunCheckpoints(PipelineStorage storage, RunRecord run, string folder, CancellationToken grace) : ICheckpointStore
{
    private (string Blob, string Path)? fetched;
    private int number;

    /// <returns>The attempt that stored the newest checkpoint of a run; null if there is none.</returns>
    public static async Task<int?> FindNewestAttemptAsync(PipelineStorage storage, string run, CancellationToken cancellationToken)
    {
        int? newest = null;
        await foreach (var blob in storage.Runs.GetBlobsAsync(new GetBlobsOptions { Prefix = StorageLayout.RunCheckpoints(run) }, cancellationToken))
            newest = Math.Max(newest ?? 0, StorageLayout.AttemptOf(blob.Name));
        return newest;
    }

    public string? Fetch(CancellationToken cancellationToken)
    {
        while (Names(cancellationToken) is [.., var newest])
        {
            if (fetched?.Blob == newest)
                return fetched?.Path;
            var path = Local("resumed.safetensors");
            try
            {
                storage.Runs.GetBlobClient(newest).DownloadTo(path, cancellationToken);
            }
            catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.BlobNotFound || e.ErrorCode == BlobErrorCode.ConditionNotMet)
            {
                // A trainer that was paused past its lease has replaced it, before or during this download.
                continue;
            }
            fetched = (newest, path);
            return path;
        }
        return null;
    }

    public void Put(Action<string> write, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(write);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, grace);
        Store(write, ending.Token);
    }

    public void Clear() => Delete(_ => true, grace);

    private void Store(Action<string> write, CancellationToken cancellationToken)
    {
        // A trainer that was paused past its lease must not write checkpoints to a run that another trainer has taken over.
        if (!OwnsRun(cancellationToken))
            return;
        var path = Local("next.safetensors");
        write(path);
        var name = StorageLayout.RunCheckpoint(run.Run, run.Attempts, ++number);
        storage.Runs.GetBlobClient(name).Upload(path, overwrite: true, cancellationToken);
        File.Delete(path);
        Delete(older => string.CompareOrdinal(older, name) < 0, cancellationToken);
    }

    private bool OwnsRun(CancellationToken cancellationToken)
    {
        var json = storage.Runs.GetBlobClient(StorageLayout.Run(run.Run)).DownloadContent(cancellationToken).Value.Content;
        var current = JsonSerializer.Deserialize<RunRecord>(json, PipelineJson.Record)!;
        return current.Attempts == run.Attempts && !current.State.IsFinal();
    }

    private void Delete(Func<string, bool> predicate, CancellationToken cancellationToken)
    {
        foreach (var name in Names(cancellationToken).Where(predicate))
            storage.Runs.DeleteBlobIfExists(name, cancellationToken: cancellationToken);
    }

    /// <summary>Blob names of the checkpoints, oldest first.</summary>
    private string[] Names(CancellationToken cancellationToken) =>
    [
        .. storage.Runs.GetBlobs(new GetBlobsOptions { Prefix = StorageLayout.RunCheckpoints(run.Run) }, cancellationToken)
            .Select(blob => blob.Name).Order(StringComparer.Ordinal),
    ];

    private string Local(string file) => Path.Combine(Directory.CreateDirectory(folder).FullName, file);
}
