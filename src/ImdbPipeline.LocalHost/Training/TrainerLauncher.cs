using ImdbPipeline.Core.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.LocalHost.Training;

/// <summary>
/// Starts the trainer as a child process whenever a training job waits, as the event-driven container job is started in
/// Azure. The trainer takes the message itself; this class only looks whether there is one.
/// </summary>
public sealed class TrainerLauncher(PipelineStorage storage, TrainerOptions options, TimeProvider time, ILogger log) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, options.MaxTrainers).Select(_ => LaunchAsync(stoppingToken)));

    private async Task LaunchAsync(CancellationToken stopping)
    {
        // Raw: a wrongly encoded message is the trainer's to put away.
        var jobs = storage.PolledQueue(StorageLayout.TrainingJobsQueue);
        var retry = options.RetryDelay;
        while (!stopping.IsCancellationRequested)
        {
            var pause = options.PollingInterval;
            try
            {
                // Messages that are being worked on are invisible and so not seen here.
                if ((await jobs.PeekMessagesAsync(1, stopping)).Value.Length > 0)
                {
                    var exitCode = await TrainerProcess.RunAsync(options, log, stopping);
                    log.TrainerEnded(exitCode);
                    (pause, retry) = exitCode == 0 ? (TimeSpan.Zero, options.RetryDelay) : (retry, Longer(retry));
                }
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // Storage may be away for a while, or the program missing: both are repaired from outside.
                log.TrainerFailed(e.Message);
                (pause, retry) = (retry, Longer(retry));
            }
            await Task.Delay(pause, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private TimeSpan Longer(TimeSpan delay) => delay * 2 < options.MaxRetryDelay ? delay * 2 : options.MaxRetryDelay;
}
