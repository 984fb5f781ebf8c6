using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Storage;

namespace ImdbPipeline.Trainer;

/// <summary>
/// Counts a run's attempts in its record. Only an attempt that crashed or failed without storing a checkpoint counts against the
/// limit: an orderly stop, a lease held by another trainer and a storage outage do not.
/// </summary>
internal sealed class RunAttempts(PipelineStorage storage, RunStore runs, TrainerOptions options, TimeProvider timeProvider)
{
    /// <summary>How many attempts in a row may fail.</summary>
    public const int MaxFailed = 5;

    private const int DelayFactor = 4;

    /// <summary>Begins an attempt. If the last one never reported its end, it crashed.</summary>
    /// <returns>The run's record, which identifies the attempt by <see cref="RunRecord.Attempts"/>.</returns>
    /// <exception cref="AttemptsExhaustedException">Too many attempts in a row crashed.</exception>
    /// <exception cref="RunTransitionException">The run has ended.</exception>
    public async Task<RunRecord> BeginAsync(string run, CancellationToken cancellationToken)
    {
        var checkpointed = await RunCheckpoints.FindNewestAttemptAsync(storage, run, cancellationToken);
        return await runs.TransitionAsync(
            run, RunState.Training,
            read =>
            {
                var failed = read.AttemptOpen ? CountFailed(read, checkpointed) : read.FailedAttempts;
                return failed < MaxFailed
                    ? read with
                    {
                        Attempts = read.Attempts + 1,
                        AttemptOpen = true,
                        FailedAttempts = failed,
                        Reason = null,
                        StartedAt = read.StartedAt ?? timeProvider.GetUtcNow(),
                        Step = 0,
                        TotalSteps = 0,
                        Progress = null,
                    }
                    : throw new AttemptsExhaustedException(run, failed);
            },
            cancellationToken);
    }

    /// <summary>Ends an attempt in order, so that it does not count.</summary>
    /// <exception cref="RunTakenOverException">Another trainer has the run.</exception>
    /// <exception cref="RunTransitionException">The run has ended.</exception>
    public Task EndAsync(RunRecord attempt, CancellationToken cancellationToken) =>
        runs.UpdateAsync(attempt.Run, read => attempt.RequireOwner(read) with { AttemptOpen = false, Progress = null }, cancellationToken);

    /// <summary>Ends an attempt that failed, unless it was the last one.</summary>
    /// <returns>The delay before the next attempt; null if this was the last one, which leaves the record unchanged.</returns>
    /// <exception cref="RunTakenOverException">Another trainer has the run.</exception>
    /// <exception cref="RunTransitionException">The run has ended.</exception>
    public async Task<TimeSpan?> FailAsync(RunRecord attempt, string reason, CancellationToken cancellationToken)
    {
        var failed = CountFailed(attempt, await RunCheckpoints.FindNewestAttemptAsync(storage, attempt.Run, cancellationToken));
        if (failed >= MaxFailed)
            return null;
        await runs.UpdateAsync(
            attempt.Run,
            read => attempt.RequireOwner(read) with { AttemptOpen = false, FailedAttempts = failed, Reason = $"attempt {attempt.Attempts} failed: {reason}", Progress = null },
            cancellationToken);
        return Delay(failed);
    }

    /// <summary>The delay before the next attempt: four times as long after each failure in a row, so that there is time to repair the cause.</summary>
    /// <param name="failed">Failed attempts in a row.</param>
    public TimeSpan Delay(long failed) => options.RetryDelay * Math.Pow(DelayFactor, Math.Clamp(failed, 1, MaxFailed - 1) - 1);

    private static int CountFailed(RunRecord attempt, int? checkpointed) => checkpointed == attempt.Attempts ? 0 : attempt.FailedAttempts + 1;
}

/// <summary>Every attempt of the last few ended without reporting an error, because its process crashed or was killed.</summary>
internal sealed class AttemptsExhaustedException(string run, int attempts)
    : Exception($"run {run}: expected its trainer to report progress or an error, found that it crashed without either in {attempts} attempts in a row. See the trainer's log; it may need more memory or disk space.");

/// <summary>Checks which attempt has a run.</summary>
internal static class AttemptExtensions
{
    /// <param name="attempt">The record as written when the attempt began.</param>
    /// <param name="read">The record now.</param>
    /// <returns><paramref name="read"/>.</returns>
    /// <exception cref="RunTakenOverException">A later attempt has begun.</exception>
    public static RunRecord RequireOwner(this RunRecord attempt, RunRecord read) =>
        read.Attempts == attempt.Attempts ? read : throw new RunTakenOverException(attempt.Run);
}
