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
        const string Reason = "Every delivery of the retrain message failed before its job was queued; the host's log says why. Send the message again.";
        RetrainRequest request;
        try
        {
            request = RetrainMessage.Parse(message.Body);
        }
        catch (InputRejectedException e)
        {
            return await RecordAsync(message, new RetrainRequest(), RunState.Rejected, e.Message, cancellationToken);
        }
        return await FindStrandedAsync(request, cancellationToken) is { } stranded
            ? await FailAsync(stranded, Reason, cancellationToken)
            : await RecordAsync(message, request, RunState.Failed, Reason, cancellationToken);
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
            return new GivenUp($"run {run}", $"The run had ended before as {e.From}; its record says how.");
        }
    }

    // The poison copy has an id of its own, so the run is found by what was asked for and that no job was queued for it.
    private async Task<string?> FindStrandedAsync(RetrainRequest request, CancellationToken cancellationToken)
    {
        var text = Text(request);
        foreach (var run in await runs.ListAsync(RecentRuns, cancellationToken))
        {
            if (run.State == RunState.Queued && Text(run.Request) == text
                && !await storage.Runs.GetBlobClient(StorageLayout.RunJob(run.Run)).ExistsAsync(cancellationToken))
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
