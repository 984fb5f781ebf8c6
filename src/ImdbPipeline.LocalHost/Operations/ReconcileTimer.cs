using ImdbPipeline.Core.Operations;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.LocalHost.Operations;

/// <summary>Runs the reconciler again and again; one that fails is tried at the next tick.</summary>
public sealed class ReconcileTimer(ReconcileHandler handler, TimeSpan interval, TimeProvider time, ILogger log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await ReconcileAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task ReconcileAsync(CancellationToken stopping)
    {
        try
        {
            await handler.HandleAsync(stopping);
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            log.ReconcileFailed(e.Message);
        }
    }
}
