using Microsoft.Extensions.Hosting;

namespace ImdbPipeline.LocalHost.Tests;

/// <summary>A background service that runs until disposed.</summary>
internal sealed class RunningService : IAsyncDisposable
{
    private readonly BackgroundService service;

    private bool stopped;

    private RunningService(BackgroundService service) => this.service = service;

    public static async Task<RunningService> StartAsync(BackgroundService service)
    {
        await service.StartAsync(TestContext.Current.CancellationToken);
        return new RunningService(service);
    }

    /// <summary>Stops the service and rethrows its error, if any.</summary>
    public async ValueTask DisposeAsync()
    {
        if (stopped)
            return;
        stopped = true;
        await service.StopAsync(CancellationToken.None);
        if (service.ExecuteTask is { IsFaulted: true } failed)
            await failed;
        service.Dispose();
    }
}
