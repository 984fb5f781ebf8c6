using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.Core.Operations;

/// <summary>Queues the jobs of unfinished runs again if no message is left for them, for example because the storage emulator was killed.</summary>
public sealed class StalledRuns(
    PipelineStorage storage, RunStore runs, QueueSender queues, ReconcileTiming timing, TimeProvider timeProvider, ILogger<StalledRuns> log)
{
    private const int RecentRuns = 50;

    public async Task HandleAsync(ReconcileRound round, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(round);
        // The count includes the messages of jobs that trainers are working on.
        if ((await storage.Queue(StorageLayout.TrainingJobsQueue).GetPropertiesAsync(cancellationToken)).Value.ApproximateMessagesCount > 0)
            return;
        foreach (var run in await runs.ListNamesAsync(RecentRuns, cancellationToken))
        {
            if (!await round.TryAsync($"run {run}", token => RequeueIfStalledAsync(run, token), cancellationToken))
                return;
        }
    }

    private async Task RequeueIfStalledAsync(string run, CancellationToken cancellationToken)
    {
        if (await storage.Runs.FindPropertiesAsync(StorageLayout.Run(run), cancellationToken) is not { } blob
            || timeProvider.GetUtcNow() - blob.LastModified <= timing.Grace
            || await runs.FindAsync(run, cancellationToken) is not { } record || record.State.IsFinal())
            return;
        log.RunRequeued(run, $"{record.State}".ToLowerInvariant());
        // A second job would do no harm: the trainer's lease and the final state stop it.
        await queues.SendAsync(StorageLayout.TrainingJobsQueue, new TrainingJob(run) { Traceparent = TraceContext.Current }, cancellationToken);
    }
}
