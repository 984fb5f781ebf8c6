using System.Text.Json;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Training;

namespace ImdbPipeline.Core.Operations;

/// <summary>Ends the runs of given-up <c>retrain</c> and <c>training-jobs</c> messages.</summary>
public sealed class GivenUpTraining(PipelineStorage storage, RunStore runs, TimeProvider time)
{
    private const int RecentRuns = 50;

    /// <summary>Fails the run the message had made, or records one that shows what became of it.</summary>
    public async Task<GivenUp> RetrainAsync(QueueDelivery message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        // Told apart by the message: a second handling of it finds the run that the first one failed.
        var reason = $"Every delivery of the retrain message failed before its job was queued (given up as message {message.MessageId}); the host's log says why. Send the message again.";
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

    /// <summary>Fails the run, unless it has ended already.</summary>
    /// <exception cref="InputRejectedException">The message is no training job.</exception>
    public async Task<GivenUp> JobAsync(string body, CancellationToken cancellationToken)
    {
        var run = TrainingJob.Parse(body).Run;
        if (await runs.FindAsync(run, cancellationToken) is not { } record)
            return new GivenUp($"run {run}", $"run {run}: expected a recorded run, found none of that name. Send a retrain message to start one.");
        return await FailAsync(
            run,
            record.Reason ?? $"Every delivery of the training job failed ({record.Attempts} attempts, last {record.State} at step {record.Step} of {record.TotalSteps}); the trainer's log says why. Send a retrain message to try again.",
            cancellationToken);
    }

    private async Task<GivenUp> FailAsync(string run, string reason, CancellationToken cancellationToken)
    {
        try
        {
            await runs.TransitionAsync(run, RunState.Failed, record => record with { Reason = reason, Progress = null, FinishedAt = time.GetUtcNow() }, cancellationToken);
            return new GivenUp($"run {run}", reason);
        }
        catch (RunTransitionException e)
        {
            // Failed for this very reason: by an earlier handling of the same message.
            var failed = e.From == RunState.Failed && (await runs.FindAsync(run, cancellationToken))?.Reason == reason;
            return new GivenUp($"run {run}", failed ? reason : $"The run had ended before as {e.From}; its record says how.");
        }
    }

    // The poison copy has an id of its own, so the run is found by what was asked for and that no job was queued for it.
    private async Task<string?> FindStrandedAsync(RetrainRequest request, string reason, CancellationToken cancellationToken)
    {
        var text = Text(request);
        foreach (var run in await runs.ListAsync(RecentRuns, cancellationToken))
        {
            if (Text(run.Request) == text && (run.State == RunState.Queued
                ? !await storage.Runs.GetBlobClient(StorageLayout.RunJob(run.Run)).ExistsAsync(cancellationToken)
                : run.State == RunState.Failed && run.Reason == reason))
                return run.Run;
        }
        return null;
    }

    // Records with lists in them are equal only as text.
    private static string Text(RetrainRequest request) => JsonSerializer.Serialize(request, PipelineJson.Message);

    private async Task<GivenUp> RecordAsync(
        QueueDelivery message, RetrainRequest request, RunState state, string reason, CancellationToken cancellationToken)
    {
        var run = StartTrainingHandler.RunName(message);
        var now = time.GetUtcNow();
        await runs.CreateAsync(new RunRecord { Run = run, State = state, Request = request, Reason = reason, CreatedAt = now, FinishedAt = now }, cancellationToken);
        return new GivenUp($"run {run}", reason);
    }
}
