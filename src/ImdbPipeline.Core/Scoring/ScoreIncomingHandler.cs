using Azure;
using Azure.Storage.Blobs.Models;
using ImdbPipeline.Core.Archives;
using ImdbPipeline.Core.Registry;
using ImdbPipeline.Core.Storage;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.Core.Scoring;

/// <summary>
/// Cuts an uploaded file of reviews into shards, fixes the champion as the model for all of them in a plan, and queues
/// them. Without a champion the file waits; the reconciler comes back to it.
/// </summary>
public sealed class ScoreIncomingHandler(
    PipelineStorage storage, ScorePlanStore plans, ModelRegistry registry, QueueSender queues, ScoringLimits limits, TimeProvider time,
    ILogger<ScoreIncomingHandler> log)
{
    /// <param name="file">The blob's name in <c>incoming</c>.</param>
    /// <exception cref="InputRejectedException">The file as a whole cannot be read; the reason is recorded beside the scores.</exception>
    public async Task HandleAsync(string file, CancellationToken cancellationToken)
    {
        if (await storage.Incoming.FindETagAsync(file, cancellationToken) is not { } etag)
        {
            log.IncomingGone(file);
            return;
        }
        var name = ScorePlanStore.Name(file, etag);
        var plan = await plans.FindAsync(name, cancellationToken) ?? await PlanAsync(name, file, etag, cancellationToken);
        if (plan?.State != ScorePlanState.Planned)
            return;

        var shards = Enumerable.Range(0, plan.Shards).Select(shard => new ScoringShard(plan.Plan, shard));
        await queues.SendAllAsync(StorageLayout.ScoringShardsQueue, shards, cancellationToken);
        await plans.QueuedAsync(plan.Plan, cancellationToken);
    }

    /// <returns>Null where there is no champion yet.</returns>
    private async Task<ScorePlan?> PlanAsync(string name, string file, ETag etag, CancellationToken cancellationToken)
    {
        await RefuseAgainAsync(file, etag, cancellationToken);
        try
        {
            var format = IncomingFormat.Of(file);
            if ((await registry.ReadChampionAsync(cancellationToken)).Model is { } model)
                return await PlanAsync(name, file, format, etag, model, cancellationToken);
            log.IncomingWaits(file);
            return null;
        }
        catch (InputRejectedException e)
        {
            await plans.SweepAsync(name, cancellationToken);
            if (IncomingFormat.IsPlain(file))
                await RecordRejectionAsync(new IncomingRejection(file, etag.Plain(), e.Rule, e.Message, time.GetUtcNow()), cancellationToken);
            log.IncomingRejected(file, e.Message);
            throw;
        }
    }

    private async Task<ScorePlan> PlanAsync(
        string name, string file, IncomingFormat format, ETag etag, string model, CancellationToken cancellationToken)
    {
        var (shards, rows) = await CutAsync(name, file, format, etag, cancellationToken);
        var plan = await plans.CreateAsync(
            new ScorePlan
            {
                Plan = name,
                File = file,
                ETag = etag.Plain(),
                Model = model,
                Shards = shards,
                Rows = rows,
                State = ScorePlanState.Planned,
                CreatedAt = time.GetUtcNow(),
            },
            cancellationToken);
        log.IncomingPlanned(file, plan.Plan, plan.Rows, plan.Shards, plan.Model);

        // While this delivery was cutting, another one may have finished the file and swept the shards away.
        if (!ScorePlanStore.IsOpen(plan))
            await plans.SweepAsync(name, cancellationToken);
        return plan;
    }

    private async Task<(int Shards, int Rows)> CutAsync(
        string name, string file, IncomingFormat format, ETag etag, CancellationToken cancellationToken)
    {
        // Should the blob be replaced while it is read, the read fails and the delivery is repeated on the new content.
        var options = new BlobOpenReadOptions(allowModifications: false) { Conditions = new BlobRequestConditions { IfMatch = etag } };
        await using var stream = await storage.Incoming.GetBlobClient(file).OpenReadAsync(options, cancellationToken);
        var rows = IncomingReviews.ReadAsync(stream, file, format, limits, cancellationToken);
        return await new ShardCutter(storage, limits).CutAsync(name, file, rows, cancellationToken);
    }

    private async Task RefuseAgainAsync(string file, ETag etag, CancellationToken cancellationToken)
    {
        if (!IncomingFormat.IsPlain(file))
            return;
        var refused = (await storage.Scores.ReadJsonAsync<IncomingRejection>(StorageLayout.ScoreRejection(file), cancellationToken))?.Value;
        if (refused?.ETag == etag.Plain())
            throw new InputRejectedException(
                refused.Rule, $"incoming/{ArchiveFile.Show(file)}", "a file other than the one refused", $"the same one again ({refused.Reason})", "Upload a corrected file.");
    }

    private Task<bool> RecordRejectionAsync(IncomingRejection rejection, CancellationToken cancellationToken) =>
        StorageResilience.CompareAndSwapAsync<bool>(
            $"scores/{StorageLayout.ScoreRejection(rejection.File)}",
            async token =>
            {
                var path = StorageLayout.ScoreRejection(rejection.File);
                var written = await storage.Scores.ReadJsonAsync<IncomingRejection>(path, token) is { } earlier
                    ? earlier.Value.ETag == rejection.ETag || await storage.Scores.ReplaceJsonAsync(path, rejection, earlier.ETag, token)
                    : await storage.Scores.CreateJsonAsync(path, rejection, token);
                return written ? Swap.Done(true) : Swap.Lost<bool>();
            },
            cancellationToken);
}
