using Microsoft.Extensions.Logging;

namespace ImdbPipeline.Core.Operations;

/// <summary>
/// Storage events come at least once, sometimes late, and now and then not at all: a timer looks for what was missed and
/// gives it to the handlers, which do nothing where nothing was.
/// </summary>
public sealed class ReconcileHandler(
    MissedArchives archives, StalledPlans plans, MissedIncoming incoming, ReconcileTiming timing, ILogger<ReconcileHandler> log)
{
    /// <exception cref="AggregateException">Something could not be made up for; the next round tries again.</exception>
    public async Task HandleAsync(CancellationToken cancellationToken)
    {
        // Rounds of their own: many missed archives must not keep incoming files waiting.
        var scoring = new ReconcileRound(timing.MostAtOnce, log);
        var planned = await plans.HandleAsync(scoring, cancellationToken);
        await incoming.HandleAsync(scoring, planned, cancellationToken);
        var ingesting = new ReconcileRound(timing.MostAtOnce, log);
        await archives.HandleAsync(ingesting, cancellationToken);
        scoring.Finish();
        ingesting.Finish();
    }
}
