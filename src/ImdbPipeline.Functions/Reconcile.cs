using ImdbPipeline.Core.Operations;
using Microsoft.Azure.Functions.Worker;

namespace ImdbPipeline.Functions;

/// <summary>Handles uploads whose blob events were lost.</summary>
public sealed class Reconcile(ReconcileHandler handler)
{
    // Every tick wakes an app that is scaled to zero, so the deployment sets the schedule.
    public const string Schedule = "%ReconcileSchedule%";

    [Function(nameof(Reconcile))]
    public Task RunAsync([TimerTrigger(Schedule)] TimerInfo timer, CancellationToken cancellationToken) =>
        handler.HandleAsync(cancellationToken);
}
