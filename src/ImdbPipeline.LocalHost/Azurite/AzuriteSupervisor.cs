using ImdbPipeline.Core.Storage;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.LocalHost.Azurite;

/// <summary>Keeps Azurite running: if it dies, starts it again on the same ports and with the same data.</summary>
public sealed class AzuriteSupervisor : IAsyncDisposable
{
    private static readonly TimeSpan minDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan maxDelay = TimeSpan.FromSeconds(30);

    private readonly AzuriteOptions options;
    private readonly TimeProvider timeProvider;
    private readonly ILogger log;
    private readonly CancellationTokenSource stop = new();
    private readonly Task watching;
    private AzuriteProcess current;

    private AzuriteSupervisor(AzuriteProcess started, AzuriteOptions options, TimeProvider timeProvider, ILogger log)
    {
        (current, this.timeProvider, this.log) = (started, timeProvider, log);
        this.options = started.Pin(options);
        Storage = started.Storage;
        watching = WatchAsync(stop.Token);
    }

    /// <summary>Connection settings, which a restart does not change.</summary>
    public StorageOptions Storage { get; }

    /// <summary>The options, with the ports that were chosen.</summary>
    public AzuriteOptions Options => options;

    /// <summary>Process ID of the current <c>node</c>.</summary>
    public int ProcessId => current.ProcessId;

    /// <summary>Called after a restart, for what Azurite had not saved yet.</summary>
    public Func<CancellationToken, Task>? Restarted { get; set; }

    /// <summary>Starts Azurite and returns when it is listening.</summary>
    /// <exception cref="Core.Foundation.InputRejectedException">Node.js is missing, or a port is in use.</exception>
    /// <exception cref="TimeoutException">Azurite did not start in time.</exception>
    public static async Task<AzuriteSupervisor> StartAsync(AzuriteOptions options, TimeProvider timeProvider, ILogger log, CancellationToken cancellationToken) =>
        new(await AzuriteProcess.StartAsync(options, log, cancellationToken), options, timeProvider, log);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await watching;
        await current.DisposeAsync();
        stop.Dispose();
    }

    private async Task WatchAsync(CancellationToken stopping)
    {
        var delay = minDelay;
        try
        {
            while (true)
            {
                var started = timeProvider.GetTimestamp();
                var exitCode = await current.WaitForExitAsync(stopping);
                log.AzuriteDied(exitCode);
                // Back off only from one that keeps dying.
                if (timeProvider.GetElapsedTime(started) > maxDelay)
                    delay = minDelay;
                delay = await RestartAsync(delay, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The host is stopping.
        }
    }

    /// <returns>The delay before the next restart.</returns>
    private async Task<TimeSpan> RestartAsync(TimeSpan delay, CancellationToken stopping)
    {
        string? reported = null;
        while (true)
        {
            await Task.Delay(delay, timeProvider, stopping);
            delay = delay * 2 < maxDelay ? delay * 2 : maxDelay;
            try
            {
                var dead = current;
                current = await AzuriteProcess.StartAsync(options, log, stopping);
                await dead.DisposeAsync();
                if (Restarted is { } restarted)
                    await restarted(stopping);
                return delay;
            }
            catch (Exception e) when (!stopping.IsCancellationRequested)
            {
                if (e.Message != reported)
                    log.AzuriteNotRestarted(e.Message);
                reported = e.Message;
            }
        }
    }
}
