using ImdbPipeline.Core.Operations;
using Microsoft.Azure.Functions.Worker;

namespace ImdbPipeline.Functions;

/// <summary>Blob events get lost: what was uploaded and never handled is handled now.</summary>
public sealed class Reconcile(ReconcileHandler handler)
{
    public const string EveryFiveMinutes = "0 */5 * * * *";

    [Function(nameof(Reconcile))]
    public Task RunAsync([TimerTrigger(EveryFiveMinutes)] TimerInfo timer, CancellationToken cancellationToken) =>
        handler.HandleAsync(cancellationToken);
}
