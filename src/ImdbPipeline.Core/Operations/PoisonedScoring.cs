using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;

namespace ImdbPipeline.Core.Operations;

/// <summary>Fails the plan of a poison shard message and writes the reason to the file's summary.</summary>
public sealed class PoisonedScoring(PipelineStorage storage, ScorePlanStore plans, ScoredFileAssembler assembler, TimeProvider timeProvider)
{
    /// <exception cref="InputRejectedException">The message does not name a shard.</exception>
    public async Task<PoisonOutcome> ShardAsync(string body, CancellationToken cancellationToken)
    {
        var message = ScoringShard.Parse(body);
        if (await plans.FindAsync(message.Plan, cancellationToken) is not { } plan)
            return new PoisonOutcome($"plan {message.Plan}", $"plan {message.Plan}: expected an existing plan, found none with that name. Upload the file to incoming again.");

        var subject = $"{StorageLayout.Incoming}/{plan.File}";
        if (message.Shard >= plan.Shards)
            return new PoisonOutcome(subject, $"Shard {message.Shard} does not exist: the file has {plan.Shards} shards. Only the pipeline writes to this queue.");
        if (await assembler.EndIfSupersededAsync(plan, cancellationToken))
            return new PoisonOutcome(subject, "The file was replaced before it was scored; the new upload is scored separately.");

        var ended = await plans.EndAsync(plan.Plan, ScorePlanState.Failed, await ReasonAsync(message, cancellationToken), cancellationToken);
        if (ended.State != ScorePlanState.Failed)
            return new PoisonOutcome(subject, $"The file had already ended as {ended.State}.");
        await SummarizeAsync(ended, cancellationToken);
        return new PoisonOutcome(subject, ended.Reason!);
    }

    private async Task<string> ReasonAsync(ScoringShard message, CancellationToken cancellationToken)
    {
        var failure = await storage.Scores.ReadJsonAsync<ShardFailure>(StorageLayout.ScoreFailure(message.Plan, message.Shard), cancellationToken);
        return $"Shard {message.Shard} failed on every delivery: "
            + (failure is { } known ? $"{known.Value.Error}: {known.Value.Reason}" : "see the host's log.")
            + " Fix the cause, then upload the file again.";
    }

    private Task<bool> SummarizeAsync(ScorePlan plan, CancellationToken cancellationToken) =>
        StorageResilience.CompareAndSwapAsync<bool>(
            $"{StorageLayout.Scores}/{StorageLayout.ScoreSummary(plan.File)}",
            async token =>
            {
                var path = StorageLayout.ScoreSummary(plan.File);
                var current = await storage.Scores.ReadJsonAsync<ScoreSummary>(path, token);
                // The summary is read before the incoming file is checked, so a newer upload's summary is never overwritten.
                if (current?.Value.Plan == plan.Plan || await assembler.EndIfSupersededAsync(plan, token))
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
                    FinishedAt = plan.FinishedAt ?? timeProvider.GetUtcNow(),
                };
                return await storage.Scores.WriteJsonAsync(path, summary, current?.ETag, token) ? Swap.Done(true) : Swap.Lost<bool>();
            },
            cancellationToken);
}
