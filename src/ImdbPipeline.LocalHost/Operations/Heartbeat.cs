using Azure;
using ImdbPipeline.Core.Operations;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.LocalHost.Blobs;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.LocalHost.Operations;

/// <summary>Reports that this host is alive, and what it cannot do; withdrawn when the host stops in order.</summary>
/// <param name="address">Where the endpoints listen; known once the host has started.</param>
internal sealed class Heartbeat(HostStore hosts, HostProblems problems, Func<Uri?> address, IHostApplicationLifetime lifetime, TimeProvider timeProvider, ILogger log) : BackgroundService
{
    private readonly string name = $"{Guid.NewGuid():N}";
    private readonly DateTimeOffset startedAt = timeProvider.GetUtcNow();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        using var timer = new PeriodicTimer(HostStore.Interval, timeProvider);
        try
        {
            await TryAsync(() => hosts.DeleteStaleAsync(stoppingToken), stoppingToken);
            do
                await TryAsync(() => hosts.WriteAsync(name, Record(), stoppingToken), stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host is stopping.
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TryAsync(() => hosts.DeleteAsync(name, cancellationToken), CancellationToken.None);
    }

    private HostRecord Record() => new($"imdb up on {Environment.MachineName} ({Environment.ProcessId})", startedAt, timeProvider.GetUtcNow(), problems.Current, address()) { Machine = Environment.MachineName };

    private async Task TryAsync(Func<Task> write, CancellationToken stopping)
    {
        try
        {
            await write();
        }
        catch (Exception e) when (!stopping.IsCancellationRequested && e is RequestFailedException or StorageUnavailableException or TimeoutException or OperationCanceledException)
        {
            // An outage of the whole service is logged once.
            if (e is not StorageUnavailableException { IsOutage: true })
                log.HeartbeatFailed(e.Message);
        }
    }
}
