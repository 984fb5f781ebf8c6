using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;

namespace ImdbPipeline.Core.Operations;

/// <summary>Ends the plan of a given-up shard: without it the file will never be whole, and its summary says so.</summary>
public sealed class GivenUpScoring(PipelineStorage storage, ScorePlanStore plans, ScoredFileAssembler assembler, TimeProvider time)
{
    /// <exception cref="InputRejectedException">The message names no shard.</exception>
    public async Task<GivenUp> ShardAsync(string body, CancellationToken cancellationToken)
    {
        var message = ScoringShard.Parse(body);
        if (await plans.FindAsync(message.Plan, cancellationToken) is not { } plan)
            return new GivenUp($"plan {message.Plan}", $"plan {message.Plan}: expected a recorded plan, found none of that name. Upload the file to incoming again.");

        var subject = $"{StorageLayout.Incoming}/{plan.File}";
        if (message.Shard >= plan.Shards)
            return new GivenUp(subject, $"The file has {plan.Shards} shards and no shard {message.Shard}; only the pipeline itself writes to this queue.");
        if (await assembler.EndIfSupersededAsync(plan, cancellationToken))
            return new GivenUp(subject, "The file was replaced before it was scored; the new upload is scored on its own.");

        var ended = await plans.EndAsync(plan.Plan, ScorePlanState.Failed, await ReasonAsync(message, cancellationToken), cancellationToken);
        if (ended.State != ScorePlanState.Failed)
            return new GivenUp(subject, $"The file had ended before as {ended.State}.");
        await SummarizeAsync(ended, cancellationToken);
        return new GivenUp(subject, ended.Reason!);
    }

    private async Task<string> ReasonAsync(ScoringShard message, CancellationToken cancellationToken)
    {
        var failure = await storage.Scores.ReadJsonAsync<ShardFailure>(StorageLayout.ScoreFailure(message.Plan, message.Shard), cancellationToken);
        return $"Shard {message.Shard} failed at every delivery: "
            + (failure is { } known ? $"{known.Value.Error}: {known.Value.Reason}" : "the host's log says why.")
            + " Upload the file again once that is put right.";
    }

    private Task<bool> SummarizeAsync(ScorePlan plan, CancellationToken cancellationToken) =>
        StorageResilience.CompareAndSwapAsync<bool>(
            $"scores/{StorageLayout.ScoreSummary(plan.File)}",
            async token =>
            {
                var path = StorageLayout.ScoreSummary(plan.File);
                var present = await storage.Scores.ReadJsonAsync<ScoreSummary>(path, token);
                // Looked at before the incoming file is, so that a newer upload's summary is never overwritten.
                if (present?.Value.Plan == plan.Plan || await assembler.EndIfSupersededAsync(plan, token))
                    return Swap.Done(false);
                var summary = new ScoreSummary
                {
                    File = plan.File,
                    State = ScoreState.Failed,
                    SourceETag = plan.ETag,
                    Plan = plan.Plan,
                    Model = plan.Model,
                    Rows = plan.Rows,
                    Reason = plan.Reason,
                    StartedAt = plan.CreatedAt,
                    FinishedAt = plan.FinishedAt ?? time.GetUtcNow(),
                };
                var written = present is { } earlier
                    ? await storage.Scores.ReplaceJsonAsync(path, summary, earlier.ETag, token)
                    : await storage.Scores.CreateJsonAsync(path, summary, token);
                return written ? Swap.Done(true) : Swap.Lost<bool>();
            },
            cancellationToken);
}
