using System.Text.Json;
using Azure;
using Azure.Storage.Blobs.Models;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.Trainer;

/// <summary>
/// Writes a run's progress to storage every few seconds: the step to run.json, the metrics to metrics.jsonl. Training never waits
/// for it.
/// </summary>
internal sealed class RunRecorder : IProgress<TrainingProgress>, IAsyncDisposable
{
    private static readonly TimeSpan interval = TimeSpan.FromSeconds(3);

    /// <summary>How long the last write may take.</summary>
    private static readonly TimeSpan lastWriteTimeout = TimeSpan.FromSeconds(10);

    private readonly PipelineStorage storage;
    private readonly RunStore runs;
    private readonly RunRecord run;
    private readonly ILogger log;
    private readonly CancellationTokenSource stop = new();
    private readonly CancellationTokenSource timeout = new();
    private readonly CancellationTokenSource superseded = new();
    private readonly MemoryStream metrics = new();
    private readonly Lock gate = new();
    private readonly Task writing;
    private Snapshot latest = Snapshot.Initial;
    private bool hasNewMetrics;

    public RunRecorder(PipelineStorage storage, RunStore runs, RunRecord run, TimeProvider timeProvider, ILogger log)
    {
        (this.storage, this.runs, this.run, this.log) = (storage, runs, run, log);
        writing = WriteAsync(timeProvider);
    }

    /// <summary>Cancelled when the run record shows that another trainer has the run or that the run is finished.</summary>
    public CancellationToken Superseded => superseded.Token;

    public void Report(TrainingProgress value)
    {
        lock (gate)
        {
            latest = latest with { Progress = new RunProgress(value.Phase, value.Done, value.Total) };
            if (value.Phase == TrainingPhase.Training && value.Done > latest.Step)
                PipelineTelemetry.CountTrainingSteps(value.Done - latest.Step);
            if (value.Phase == TrainingPhase.Training)
                latest = latest with { Step = (int)value.Done, Total = (int)value.Total };
            if (value.Phase == TrainingPhase.Evaluating)
                latest = latest with { State = RunState.Evaluating };
            if (value.Metrics is not { } line)
                return;
            JsonSerializer.Serialize(metrics, line, PipelineJson.Line);
            metrics.WriteByte((byte)'\n');
            hasNewMetrics = true;
        }

        log.Trained(value.Metrics.Step, (int)value.Total, value.Metrics.Loss, value.Metrics.LearningRate);
    }

    /// <summary>Writes pending progress.</summary>
    public async ValueTask DisposeAsync()
    {
        timeout.CancelAfter(lastWriteTimeout);
        await stop.CancelAsync();
        await writing;
        stop.Dispose();
        timeout.Dispose();
        superseded.Dispose();
    }

    private async Task WriteAsync(TimeProvider timeProvider)
    {
        var written = Snapshot.Initial;
        using var timer = new PeriodicTimer(interval, timeProvider);
        var running = true;
        while (running)
        {
            try
            {
                await timer.WaitForNextTickAsync(stop.Token);
            }
            catch (OperationCanceledException)
            {
                running = false;
            }

            try
            {
                written = await FlushAsync(written);
            }
            catch (Exception e) when (e is RunTransitionException or RunTakenOverException)
            {
                await superseded.CancelAsync();
                return;
            }
            catch (Exception e) when (e is RequestFailedException or TimeoutException or OperationCanceledException)
            {
                // Not critical: the next tick retries.
                log.ProgressNotWritten(run.Run, e);
            }
        }
    }

    private async Task<Snapshot> FlushAsync(Snapshot written)
    {
        Snapshot current;
        byte[]? lines = null;
        lock (gate)
        {
            current = latest;
            if (hasNewMetrics)
                lines = metrics.ToArray();
            hasNewMetrics = false;
        }

        if (lines is not null)
            await WriteMetricsAsync(lines);
        if (current == written)
            return written;
        await runs.TransitionAsync(
            run.Run, current.State, read => run.RequireOwner(read) with { Step = current.Step, TotalSteps = current.Total, Progress = current.Progress }, timeout.Token);
        return current;
    }

    private async Task WriteMetricsAsync(byte[] lines)
    {
        try
        {
            // Always replaces the whole blob, so that readers never see a partial line and a new attempt starts with an empty file.
            await storage.Runs.GetBlobClient(StorageLayout.RunMetrics(run.Run)).UploadAsync(
                new BinaryData(lines), new BlobUploadOptions { HttpHeaders = new BlobHttpHeaders { ContentType = "application/x-ndjson" } }, timeout.Token);
        }
        catch (Exception e) when (e is RequestFailedException or OperationCanceledException)
        {
            lock (gate)
                hasNewMetrics = true;
            throw;
        }
    }

    /// <summary>The fields of the run record that this recorder updates.</summary>
    private readonly record struct Snapshot(int Step, int Total, RunState State, RunProgress? Progress)
    {
        public static readonly Snapshot Initial = new(0, 0, RunState.Training, null);
    }
}
