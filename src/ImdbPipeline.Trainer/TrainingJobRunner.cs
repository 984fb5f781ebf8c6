using System.Diagnostics;
using System.Text.Json;
using Azure;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.Trainer;

/// <summary>Processes one message of the training queue: takes the run, executes it, and records how the attempt ended.</summary>
internal sealed class TrainingJobRunner(
    PipelineStorage storage, RunStore runs, RunAttempts attempts, RunExecution execution, TrainerOptions options, TimeProvider timeProvider, ILogger<TrainingJobRunner> log)
{
    /// <param name="job">The job's message.</param>
    /// <param name="cancellationToken">Stops the job in order; afterwards, storage calls get <see cref="TrainerOptions.StopGrace"/>.</param>
    public Task<JobOutcome> RunAsync(HeldJob job, CancellationToken cancellationToken) =>
        Stage.RunAsync("Train", TraceContext.OfMessage(job.Body, job.MessageId), async span =>
        {
            using var grace = new CancellationTokenSource();
            using var stopped = cancellationToken.Register(() => grace.CancelAfter(options.StopGrace));
            var outcome = await ProcessAsync(job, span, grace.Token, cancellationToken);
            span.SetTag("imdb.job.outcome", JsonNamingPolicy.CamelCase.ConvertName($"{outcome}"));
            if (outcome is JobOutcome.Failed or JobOutcome.StorageUnavailable)
                span.SetStatus(ActivityStatusCode.Error);
            return outcome;
        });

    private async Task<JobOutcome> ProcessAsync(HeldJob job, Activity span, CancellationToken grace, CancellationToken cancellationToken)
    {
        try
        {
            return await FindAndWorkAsync(job, span, grace, cancellationToken);
        }
        catch (StorageUnavailableException e)
        {
            // Storage cannot be told, so the message reappears by itself.
            log.StorageGivenUp(e.Message);
            return JobOutcome.StorageUnavailable;
        }
        catch (OperationCanceledException) when (grace.IsCancellationRequested)
        {
            log.StorageTooSlow(options.StopGrace);
            return JobOutcome.StorageUnavailable;
        }
    }

    private async Task<JobOutcome> FindAndWorkAsync(HeldJob job, Activity span, CancellationToken grace, CancellationToken cancellationToken)
    {
        RunRecord found;
        try
        {
            found = await FindAsync(job, cancellationToken);
        }
        catch (Exception e) when (e is InputRejectedException or InvalidDataException)
        {
            // Retrying cannot help without a readable run record, so the reason is recorded for the poison message instead.
            log.UnknownJob(job.MessageId, e.Message);
            await job.PoisonAsync(cancellationToken);
            return JobOutcome.Failed;
        }

        var name = found.Run;
        span.SetTag("imdb.run", name).SetTag("imdb.dataset", found.Dataset).SetTag("imdb.delivery", job.DequeueCount);
        if (found.State.IsFinal())
        {
            // Left behind by a trainer that died between publishing and cleaning up.
            new RunCheckpoints(storage, found, "", grace).Clear();
            await job.DeleteAsync(cancellationToken);
            return JobOutcome.Ended;
        }

        await using var lease = await RunLease.AcquireAsync(storage, name, options.Lease, timeProvider, cancellationToken);
        if (lease is null)
        {
            log.RunBusy(name);
            // Check again later, in case the other trainer dies.
            await job.ReturnAsync(options.Lease, cancellationToken);
            return JobOutcome.Ended;
        }
        return await WorkAsync(job, name, lease, grace, cancellationToken);
    }

    private async Task<JobOutcome> WorkAsync(HeldJob job, string name, RunLease lease, CancellationToken grace, CancellationToken cancellationToken)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, job.Lost, lease.Lost);
        RunRecord? attempt = null;
        try
        {
            attempt = await attempts.BeginAsync(name, stopping.Token);
            await execution.RunAsync(attempt, lease, grace, stopping.Token);
            await job.DeleteAsync(grace);
            return JobOutcome.Ended;
        }
        catch (Exception e) when (IsTakenOver(e))
        {
            // The other trainer continues from whatever is already committed.
            return await AbandonAsync(job, name, e, grace);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return await StopAsync(job, name, attempt, grace);
        }
        catch (InputRejectedException e)
        {
            log.RunRejected(name, e);
            if (!await FailAsync(name, lease, rejected: true, e.Message, grace))
                return await AbandonAsync(job, name, e, grace);
            await job.DeleteAsync(grace);
            return JobOutcome.Failed;
        }
        catch (StorageUnavailableException)
        {
            await EndInBriefAsync(attempt);
            throw;
        }
        catch (Exception e)
        {
            log.Failed(name, attempt?.Attempts ?? 0, e);
            return await RetryOrFailAsync(job, name, lease, attempt, e, grace);
        }

        bool IsTakenOver(Exception e) =>
            e is RunTransitionException or RunTakenOverException || (e is OperationCanceledException && (lease.Lost.IsCancellationRequested || job.Lost.IsCancellationRequested));
    }

    private async Task<JobOutcome> StopAsync(HeldJob job, string name, RunRecord? attempt, CancellationToken grace)
    {
        try
        {
            if (attempt is not null)
                await attempts.EndAsync(attempt, grace);
        }
        catch (Exception e) when (e is RunTransitionException or RunTakenOverException)
        {
            return await AbandonAsync(job, name, e, grace);
        }
        log.Stopped(name);
        await job.ReturnAsync(TimeSpan.Zero, grace);
        return JobOutcome.Ended;
    }

    /// <summary>After an outage that may be only partial, tries once more to record that the attempt did not crash.</summary>
    private async Task EndInBriefAsync(RunRecord? attempt)
    {
        if (attempt is null)
            return;
        using var brief = new CancellationTokenSource(options.StopGrace);
        try
        {
            await attempts.EndAsync(attempt, brief.Token);
        }
        catch (Exception e) when (e is RequestFailedException or OperationCanceledException or TimeoutException or RunTransitionException or RunTakenOverException)
        {
            log.AttemptNotEnded(attempt.Run, e.Message);
        }
    }

    private async Task<JobOutcome> RetryOrFailAsync(HeldJob job, string name, RunLease lease, RunRecord? attempt, Exception error, CancellationToken grace)
    {
        if (attempt is null && error is not AttemptsExhaustedException)
        {
            // The attempt never began.
            await job.ReturnAsync(attempts.Delay(job.DequeueCount), grace);
            return JobOutcome.Failed;
        }

        try
        {
            await lease.ConfirmAsync(grace);
            if (attempt is not null && await attempts.FailAsync(attempt, error.Message, grace) is { } delay)
            {
                await job.ReturnAsync(delay, grace);
                return JobOutcome.Failed;
            }
        }
        catch (Exception e) when (e is RunTransitionException or RunTakenOverException)
        {
            return await AbandonAsync(job, name, error, grace);
        }

        if (!await FailAsync(name, lease, rejected: false, attempt is null ? error.Message : $"{error.Message} (attempt {attempt.Attempts}, the last)", grace))
            return await AbandonAsync(job, name, error, grace);
        await job.PoisonAsync(grace);
        return JobOutcome.Failed;
    }

    private async Task<JobOutcome> AbandonAsync(HeldJob job, string run, Exception cause, CancellationToken grace)
    {
        if (await runs.FindAsync(run, grace) is { State: RunState.Cancelled } cancelled)
        {
            log.Cancelled(run, cancelled.Reason ?? "");
            new RunCheckpoints(storage, cancelled, "", grace).Clear();
            await job.DeleteAsync(grace);
            return JobOutcome.Ended;
        }
        log.RunTaken(run, cause as RunTakenOverException ?? new RunTakenOverException(run, cause));
        await job.ReturnAsync(options.Lease, grace);
        return JobOutcome.Taken;
    }

    private async Task<RunRecord> FindAsync(HeldJob job, CancellationToken cancellationToken)
    {
        var name = TrainingJob.Parse(job.Body).Run;
        return await runs.FindAsync(name, cancellationToken) is { } run
            ? run with { Run = name }
            : throw new InputRejectedException(ErrorRules.RunUnknown, $"run {name}", "an existing run", "none of that name", "Send a retrain message to start one.");
    }

    /// <returns>False if another trainer has the run, so that its state was not changed.</returns>
    private async Task<bool> FailAsync(string name, RunLease lease, bool rejected, string reason, CancellationToken grace)
    {
        try
        {
            await lease.ConfirmAsync(grace);
            var state = rejected && await runs.FindAsync(name, grace) is { State: not RunState.Evaluating } ? RunState.Rejected : RunState.Failed;
            await runs.TransitionAsync(name, state, read => read with { Reason = reason, AttemptOpen = false, Progress = null, FinishedAt = timeProvider.GetUtcNow() }, grace);
            return true;
        }
        catch (Exception e) when (e is RunTransitionException or RunTakenOverException)
        {
            return false;
        }
    }
}
