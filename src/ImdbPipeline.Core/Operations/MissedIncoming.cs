using Azure;
using Azure.Storage.Blobs.Models;
using ImdbPipeline.Core.Registry;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.Core.Operations;

/// <summary>Plans incoming files that have no plan for their present content: their event never came, or there was no champion then.</summary>
public sealed class MissedIncoming(
    PipelineStorage storage, ScoreIncomingHandler incoming, ModelRegistry registry, ReconcileTiming timing, TimeProvider time, ILogger<MissedIncoming> log)
{
    /// <param name="planned">The plans there are.</param>
    public async Task HandleAsync(ReconcileRound round, IReadOnlySet<string> planned, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(round);
        ArgumentNullException.ThrowIfNull(planned);
        var settled = time.GetUtcNow() - timing.Grace;
        var hasChampion = (await registry.ReadChampionAsync(cancellationToken)).Model is not null;
        var waiting = 0;
        await foreach (var blob in storage.Incoming.GetBlobsAsync(new GetBlobsOptions(), cancellationToken))
        {
            // A name that is refused before anything can be recorded under it was refused by its event.
            if (blob.Properties.LastModified > settled || blob.Properties.ETag is not { } etag || !IncomingFormat.IsPlain(blob.Name)
                || planned.Contains(ScorePlanStore.Name(blob.Name, etag)))
                continue;
            var subject = $"{StorageLayout.Incoming}/{blob.Name}";
            if (!await round.IsMissedAsync(subject, async token => !await IsRefusedAsync(blob.Name, etag, token), cancellationToken))
                continue;
            if (!hasChampion)
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
    }

    private async Task<bool> IsRefusedAsync(string file, ETag etag, CancellationToken cancellationToken) =>
        (await storage.Scores.ReadJsonAsync<IncomingRejection>(StorageLayout.ScoreRejection(file), cancellationToken))?.Value.ETag == etag.Plain();
}
