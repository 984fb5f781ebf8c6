using ImdbPipeline.Core.Operations;
using Microsoft.Azure.Functions.Worker;

namespace ImdbPipeline.Functions;

/// <summary>Blob events get lost: what was uploaded and never handled is handled now.</summary>
public sealed class Reconcile(ReconcileHandler handler)
{
    // Each time wakes an app that has scaled to nothing, so how often is the deployment's to say.
    public const string Schedule = "%ReconcileSchedule%";

    [Function(nameof(Reconcile))]
    public Task RunAsync([TimerTrigger(Schedule)] TimerInfo timer, CancellationToken cancellationToken) =>
        handler.HandleAsync(cancellationToken);
}
