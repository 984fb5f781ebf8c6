using Azure.Storage.Blobs.Models;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Registry;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Uploads;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.Core.Operations;

/// <summary>Plans incoming files without a plan for their current content: their event was lost, or there was no champion yet.</summary>
public sealed class MissedIncoming(
    PipelineStorage storage, ScoreIncomingHandler incoming, ModelRegistry registry, TaskStore tasks, ReconcileTiming timing, TimeProvider timeProvider, ILogger<MissedIncoming> log)
{
    /// <param name="planned">Names of the existing plans.</param>
    public async Task HandleAsync(ReconcileRound round, IReadOnlySet<string> planned, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(round);
        ArgumentNullException.ThrowIfNull(planned);
        var cutoff = timeProvider.GetUtcNow() - timing.Grace;
        var hasChampion = new Dictionary<string, bool>(StringComparer.Ordinal);
        var waiting = 0;
        await foreach (var blob in storage.Incoming.GetBlobsAsync(new GetBlobsOptions(), cancellationToken))
        {
            if (blob.Properties.LastModified > cutoff || blob.Properties.ETag is not { } etag || StorageLayout.IsUploadSettings(blob.Name)
                || planned.Contains(ScorePlanStore.Name(blob.Name, etag)))
                continue;
            var subject = $"{StorageLayout.Incoming}/{blob.Name}";
            if (!await round.CheckAsync(subject, async token => await storage.FindRejectionAsync(blob.Name, etag, token) is null, cancellationToken))
                continue;
            if (!await round.CheckAsync(subject, token => HasChampionAsync(blob.Name, token), cancellationToken))
            {
                waiting++;
                continue;
            }
            log.MissedBlob(StorageLayout.Incoming, blob.Name);
            if (!await round.TryAsync(subject, token => incoming.HandleAsync(blob.Name, token), cancellationToken))
                return;
        }
        if (waiting > 0)
            log.IncomingFilesWait(waiting);

        async Task<bool> HasChampionAsync(string file, CancellationToken token)
        {
            var task = await tasks.OfIncomingAsync(file, token);
            // A damaged champion is read and reported once for all files of its task, and does not stop the others.
            if (!hasChampion.TryGetValue(task, out var has))
                hasChampion[task] = has = await round.CheckAsync(
                    $"{StorageLayout.Models}/{StorageLayout.Champion(task)}", async inner => (await registry.ReadChampionAsync(task, inner)).Model is not null, token);
            return has;
        }
    }
}
