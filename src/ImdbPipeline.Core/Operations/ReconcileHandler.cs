using Microsoft.Extensions.Logging;

namespace ImdbPipeline.Core.Operations;

/// <summary>
/// Storage events may be repeated, late or lost: a timer looks for missed uploads and stalled plans and passes them to the
/// idempotent handlers.
/// </summary>
public sealed class ReconcileHandler(
    MissedArchives archives, StalledPlans plans, MissedIncoming incoming, ReconcileTiming timing, ILogger<ReconcileHandler> log)
{
    /// <exception cref="AggregateException">Some uploads or plans could not be reconciled; the next round retries them.</exception>
    public async Task HandleAsync(CancellationToken cancellationToken)
    {
        // Separate rounds, so that many missed archives do not delay incoming files.
        var scoring = new ReconcileRound(timing.MaxPerRound, log);
        var planned = await plans.HandleAsync(scoring, cancellationToken);
        await incoming.HandleAsync(scoring, planned, cancellationToken);
        var ingesting = new ReconcileRound(timing.MaxPerRound, log);
        await archives.HandleAsync(ingesting, cancellationToken);
        scoring.Finish();
        ingesting.Finish();
    }
}
