using Microsoft.Extensions.Logging;

namespace ImdbPipeline.Core.Operations;

/// <summary>
/// Storage events and messages may be repeated, late or lost: a timer looks for missed uploads, stalled plans and stalled runs, and
/// passes them to the idempotent handlers.
/// </summary>
public sealed class ReconcileHandler(
    MissedArchives archives, StalledPlans plans, MissedIncoming incoming, StalledRuns runs, ReconcileTiming timing, ILogger<ReconcileHandler> log)
{
    /// <exception cref="AggregateException">Some uploads, plans or runs could not be reconciled; the next round retries them.</exception>
    public async Task HandleAsync(CancellationToken cancellationToken)
    {
        // Separate rounds, so that many missed archives do not delay incoming files.
        var scoring = new ReconcileRound(timing.MaxPerRound, log);
        var planned = await plans.HandleAsync(scoring, cancellationToken);
        await incoming.HandleAsync(scoring, planned, cancellationToken);
        var ingesting = new ReconcileRound(timing.MaxPerRound, log);
        await archives.HandleAsync(ingesting, cancellationToken);
        var training = new ReconcileRound(timing.MaxPerRound, log);
        await runs.HandleAsync(training, cancellationToken);
        scoring.Finish();
        ingesting.Finish();
        training.Finish();
    }
}
