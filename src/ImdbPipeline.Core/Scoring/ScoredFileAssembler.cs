using System.Text;
using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.Core.Scoring;

/// <summary>
/// Assembles a plan's scored shards: commits the scored file atomically in input order, then writes the summary, then ends
/// the plan. Each write is conditional on the blob being unchanged since the incoming file was last checked, so a superseded
/// plan never overwrites a newer result.
/// </summary>
public sealed class ScoredFileAssembler(PipelineStorage storage, ScorePlanStore plans, TimeProvider timeProvider, ILogger<ScoredFileAssembler> log)
{
    private const int MaxParallelShards = 8;

    public async Task AssembleAsync(ScorePlan plan, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var scored = await StorageResilience.CompareAndSwapAsync<ScoreSummary?>(
            $"{StorageLayout.Scores}/{StorageLayout.ScoredFile(plan.File)}",
            async token =>
            {
                // Read the ETags of the blobs to overwrite before checking the incoming file; see the summary above.
                var summary = await storage.Scores.ReadJsonAsync<ScoreSummary>(StorageLayout.ScoreSummary(plan.File), token);
                if (summary?.Value is { State: ScoreState.Scored } written && written.Plan == plan.Plan)
                    return Swap.Done<ScoreSummary?>(written);
                var target = await storage.Scores.FindETagAsync(StorageLayout.ScoredFile(plan.File), token);
                if (await EndIfSupersededAsync(plan, token))
                    return Swap.Done<ScoreSummary?>(null);
                return await CommitAsync(plan, target, token) is { } tally && await WriteSummaryAsync(plan, tally, summary?.ETag, token) is { } result
                    ? Swap.Done<ScoreSummary?>(result)
                    : await IsOpenAsync(plan, token) ? Swap.Lost<ScoreSummary?>() : Swap.Done<ScoreSummary?>(null);
            },
            cancellationToken);
        if (scored is null)
            return;
        await storage.Scores.DeleteBlobIfExistsAsync(StorageLayout.ScoreRejection(plan.File), cancellationToken: cancellationToken);
        await plans.EndAsync(plan.Plan, ScorePlanState.Finished, null, cancellationToken);
        log.FileScored(plan.File, scored.Rows, scored.Errors, scored.Model);
    }

    /// <summary>Ends the plan if its incoming file was replaced; a deleted file is still scored.</summary>
    public async Task<bool> EndIfSupersededAsync(ScorePlan plan, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plan);
        if (await storage.Incoming.FindETagAsync(plan.File, cancellationToken) is not { } current || current.Unquoted() == plan.ETag)
            return false;
        log.PlanSuperseded(plan.File, plan.Plan);
        await plans.EndAsync(plan.Plan, ScorePlanState.Superseded, null, cancellationToken);
        return true;
    }

    /// <returns>Null if another writer changed the scored file, or deleted the shards after finishing it.</returns>
    private async Task<ScoreTally?> CommitAsync(ScorePlan plan, ETag? target, CancellationToken cancellationToken)
    {
        var file = storage.Scores.GetBlockBlobClient(StorageLayout.ScoredFile(plan.File));
        var tally = new ScoreTally();
        try
        {
            await Parallel.ForAsync(
                0,
                plan.Shards,
                new ParallelOptions { MaxDegreeOfParallelism = MaxParallelShards, CancellationToken = cancellationToken },
                async (shard, token) =>
                {
                    var part = await storage.Scores.GetBlobClient(StorageLayout.ScoreOutput(plan.Plan, shard)).DownloadContentAsync(token);
                    tally.Add(part.Value.Content.ToMemory());
                    await file.StageBlockAsync(BlockId(plan.Plan, shard), part.Value.Content.ToStream(), cancellationToken: token);
                });
            if (tally.Rows != plan.Rows)
                throw new InvalidDataException($"plan {plan.Plan}: expected {plan.Rows} scored rows of {plan.File}, found {tally.Rows}. Upload the file to incoming again.");
            await file.CommitBlockListAsync(
                Enumerable.Range(0, plan.Shards).Select(shard => BlockId(plan.Plan, shard)),
                new CommitBlockListOptions
                {
                    Conditions = target.Unchanged(),
                    HttpHeaders = new BlobHttpHeaders { ContentType = "application/x-ndjson" },
                    Metadata = TraceContext.AddTo(new Dictionary<string, string> { ["plan"] = plan.Plan, ["model"] = plan.Model }),
                },
                cancellationToken);
            return tally;
        }
        catch (RequestFailedException e) when (
            e.ErrorCode == BlobErrorCode.BlobNotFound || e.ErrorCode == BlobErrorCode.BlobAlreadyExists
            || e.ErrorCode == BlobErrorCode.ConditionNotMet || e.ErrorCode == BlobErrorCode.InvalidBlockList)
        {
            // Another writer's commit also discards the blocks staged here.
            return null;
        }
    }

    private async Task<ScoreSummary?> WriteSummaryAsync(ScorePlan plan, ScoreTally tally, ETag? earlier, CancellationToken cancellationToken)
    {
        var summary = tally.Summarize(plan, timeProvider.GetUtcNow());
        if (!await storage.Scores.WriteJsonAsync(StorageLayout.ScoreSummary(plan.File), summary, earlier, cancellationToken))
            return null;
        PipelineTelemetry.CountScored(summary.Rows - summary.Errors, summary.Errors);
        return summary;
    }

    private async Task<bool> IsOpenAsync(ScorePlan plan, CancellationToken cancellationToken) =>
        await plans.FindAsync(plan.Plan, cancellationToken) is { } current && ScorePlanStore.IsOpen(current);

    // The id includes the plan: plans for two versions of the same file may stage blocks at the same time.
    private static string BlockId(string plan, int shard) => Convert.ToBase64String(Encoding.ASCII.GetBytes($"{plan}-{shard:00000}"));
}
