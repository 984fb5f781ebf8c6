using Azure.Storage.Blobs.Models;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.Core.Operations;

/// <summary>Resends the messages for missing shards of stalled plans, and deletes shards left behind by killed processes.</summary>
public sealed class StalledPlans(
    PipelineStorage storage, ScorePlanStore plans, QueueSender queues, ReconcileTiming timing, TimeProvider timeProvider, ILogger<StalledPlans> log)
{
    /// <returns>Names of all plans in any state.</returns>
    public async Task<IReadOnlySet<string>> HandleAsync(ReconcileRound round, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(round);
        var planned = new HashSet<string>(StringComparer.Ordinal);
        var unfinished = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        var lastWrites = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        await foreach (var blob in storage.Scores.GetBlobsAsync(new GetBlobsOptions { Prefix = StorageLayout.ScoreWork }, cancellationToken))
        {
            if (blob.Name.Split('/') is not [_, var plan, _])
                continue;
            // An ended plan has no other blobs than plan.json.
            var written = blob.Properties.LastModified ?? default;
            if (blob.Name == StorageLayout.ScorePlan(plan))
            {
                planned.Add(plan);
                lastWrites[plan] = written;
            }
            else if (!unfinished.TryGetValue(plan, out var latest) || written > latest)
            {
                unfinished[plan] = written;
            }
        }
        foreach (var (plan, written) in unfinished)
        {
            var latest = lastWrites.TryGetValue(plan, out var changed) && changed > written ? changed : written;
            if (timeProvider.GetUtcNow() - latest is var idle && idle > timing.Stalled
                && !await round.TryAsync($"plan {plan}", token => RequeueIfStalledAsync(plan, idle, token), cancellationToken))
                break;
        }
        return planned;
    }

    private async Task RequeueIfStalledAsync(string name, TimeSpan idle, CancellationToken cancellationToken)
    {
        var plan = await plans.FindAsync(name, cancellationToken);
        if (plan is null ? idle > timing.Abandoned : !ScorePlanStore.IsOpen(plan))
            await plans.CleanUpAsync(name, cancellationToken);
        else if (plan is not null && await IsStalledAsync(plan, idle, cancellationToken))
            await RequeueAsync(plan, cancellationToken);
    }

    // Waiting behind other files is not stalling, but a plan whose messages were never all sent is stalled.
    private async Task<bool> IsStalledAsync(ScorePlan plan, TimeSpan idle, CancellationToken cancellationToken) =>
        plan.State == ScorePlanState.Planned
        || idle > timing.StalledBehindOthers
        || (await storage.Queue(StorageLayout.ScoringShardsQueue).GetPropertiesAsync(cancellationToken)).Value.ApproximateMessagesCount == 0;

    private async Task RequeueAsync(ScorePlan plan, CancellationToken cancellationToken)
    {
        var done = await plans.ListOutputsAsync(plan.Plan, cancellationToken).ToHashSetAsync(StringComparer.Ordinal, cancellationToken);
        var missing = Enumerable.Range(0, plan.Shards).Where(shard => !done.Contains(StorageLayout.ScoreOutput(plan.Plan, shard))).ToList();

        // All shards are scored but were never assembled: any shard's message triggers that.
        if (missing.Count == 0)
            missing.Add(0);
        log.PlanRequeued(plan.File, plan.Plan, missing.Count, plan.Shards);
        await queues.SendAllAsync(StorageLayout.ScoringShardsQueue, missing.Select(shard => new ScoringShard(plan.Plan, shard) { Traceparent = plan.Traceparent }), cancellationToken);
        await plans.MarkRequeuedAsync(plan.Plan, cancellationToken);
    }
}
