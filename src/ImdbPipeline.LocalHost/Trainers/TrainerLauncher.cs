using ImdbPipeline.Core.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.LocalHost.Trainers;

/// <summary>
/// Starts the trainer as a child process whenever a training job is waiting, as Azure starts the event-driven container job.
/// The trainer receives the message itself; this class only checks whether there is one.
/// </summary>
public sealed class TrainerLauncher(PipelineStorage storage, TrainerProcessOptions options, TimeProvider timeProvider, ILogger log) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, options.MaxTrainers).Select(_ => LaunchAsync(stoppingToken)));

    private async Task LaunchAsync(CancellationToken stopping)
    {
        // Raw, because the trainer also handles messages with the wrong encoding.
        var jobs = storage.Prompt.RawQueue(StorageLayout.TrainingJobsQueue);
        var retry = options.RetryDelay;
        while (!stopping.IsCancellationRequested)
        {
            var pause = options.PollingInterval;
            try
            {
                // Peek returns only visible messages, not those being handled.
                if ((await jobs.PeekMessagesAsync(1, stopping)).Value.Length > 0)
                {
                    var exitCode = await TrainerProcess.RunAsync(options, log, stopping);
                    log.TrainerEnded(exitCode);
                    (pause, retry) = exitCode == 0 ? (TimeSpan.Zero, options.RetryDelay) : (retry, NextDelay(retry));
                }
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // Storage may be unavailable, which is logged once for all queues, or the program missing; both are fixed from outside.
                if (e is not StorageUnavailableException { IsOutage: true })
                    log.TrainerFailed(e.Message);
                (pause, retry) = (retry, NextDelay(retry));
            }
            await Task.Delay(pause, timeProvider, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private TimeSpan NextDelay(TimeSpan delay) => delay * 2 < options.MaxRetryDelay ? delay * 2 : options.MaxRetryDelay;
}
