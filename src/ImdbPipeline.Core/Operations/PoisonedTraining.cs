using System.Text.Json;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Storage;

namespace ImdbPipeline.Core.Operations;

/// <summary>Fails the runs of poison <c>retrain</c> and <c>training-jobs</c> messages.</summary>
public sealed class PoisonedTraining(PipelineStorage storage, RunStore runs, TimeProvider timeProvider)
{
    private const int RecentRuns = 50;

    /// <summary>Fails the run that the message created; if there is none, records a failed or rejected run.</summary>
    public async Task<PoisonOutcome> RetrainAsync(QueueDelivery message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        // The reason contains the message id, so a redelivery finds the run that the first delivery failed.
        var reason = $"Every delivery of the retrain message failed before its job was queued (poison message {message.MessageId}); see the host's log. Send the message again.";
        RetrainRequest request;
        try
        {
            request = RetrainMessage.Parse(message.Body);
        }
        catch (InputRejectedException e)
        {
            return await RecordAsync(message, new RetrainRequest(), RunState.Rejected, e.Message, cancellationToken);
        }
        return await FindStrandedAsync(request, reason, cancellationToken) is { } stranded
            ? await FailAsync(stranded, reason, cancellationToken)
            : await RecordAsync(message, request, RunState.Failed, reason, cancellationToken);
    }

    /// <summary>Fails the run, unless it has already ended.</summary>
    /// <exception cref="InputRejectedException">The message is not a valid training job.</exception>
    public async Task<PoisonOutcome> JobAsync(string body, CancellationToken cancellationToken)
    {
        var run = TrainingJob.Parse(body).Run;
        if (await runs.FindAsync(run, cancellationToken) is not { } record)
            return new PoisonOutcome($"run {run}", $"run {run}: expected an existing run, found none with that name. Send a retrain message to start one.");
        return await FailAsync(
            run,
            record.Reason ?? $"Every delivery of the training job failed ({record.Attempts} attempts, last {record.State} at step {record.Step} of {record.TotalSteps}); see the trainer's log. Send a retrain message to try again.",
            cancellationToken);
    }

    private async Task<PoisonOutcome> FailAsync(string run, string reason, CancellationToken cancellationToken)
    {
        try
        {
            await runs.TransitionAsync(run, RunState.Failed, record => record with { Reason = reason, Progress = null, FinishedAt = timeProvider.GetUtcNow() }, cancellationToken);
            return new PoisonOutcome($"run {run}", reason);
        }
        catch (RunTransitionException e)
        {
            // The same reason means that an earlier delivery of this message failed the run.
            var failed = e.From == RunState.Failed && (await runs.FindAsync(run, cancellationToken))?.Reason == reason;
            return new PoisonOutcome($"run {run}", failed ? reason : $"The run had already ended as {e.From}; see its record.");
        }
    }

    // A poison message has a new id, so the run is identified by an equal request and the missing job.
    private async Task<string?> FindStrandedAsync(RetrainRequest request, string reason, CancellationToken cancellationToken)
    {
        var json = Json(request);
        foreach (var run in await runs.ListAsync(RecentRuns, cancellationToken))
        {
            if (Json(run.Request) == json && (run.State == RunState.Queued
                ? !await storage.Runs.GetBlobClient(StorageLayout.RunJob(run.Run)).ExistsAsync(cancellationToken)
                : run.State == RunState.Failed && run.Reason == reason))
                return run.Run;
        }
        return null;
    }

    // Record equality does not compare list contents, so requests are compared as JSON.
    private static string Json(RetrainRequest request) => JsonSerializer.Serialize(request, PipelineJson.Message);

    private async Task<PoisonOutcome> RecordAsync(
        QueueDelivery message, RetrainRequest request, RunState state, string reason, CancellationToken cancellationToken)
    {
        var run = StartTrainingHandler.RunName(message);
        var now = timeProvider.GetUtcNow();
        await runs.CreateAsync(new RunRecord { Run = run, State = state, Request = request, Reason = reason, CreatedAt = now, FinishedAt = now }, cancellationToken);
        return new PoisonOutcome($"run {run}", reason);
    }
}
