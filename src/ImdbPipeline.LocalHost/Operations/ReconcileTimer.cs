using ImdbPipeline.Core.Operations;
using ImdbPipeline.Core.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.LocalHost.Operations;

/// <summary>Runs the reconciler at a fixed interval; after a failure it runs again at the next tick.</summary>
public sealed class ReconcileTimer(ReconcileHandler handler, TimeSpan interval, TimeProvider timeProvider, ILogger log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(interval, timeProvider);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await ReconcileAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host is stopping.
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
            // An outage of the whole service is logged once.
            if (e is not StorageUnavailableException { IsOutage: true })
                log.ReconcileFailed(e.Message);
        }
    }
}
