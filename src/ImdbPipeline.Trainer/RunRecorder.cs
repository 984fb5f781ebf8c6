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
/// Writes a run's progress to storage every few seconds while it trains: the step into run.json, the metrics into
/// metrics.jsonl. The training itself never waits for it.
/// </summary>
internal sealed class RunRecorder : IProgress<TrainingProgress>, IAsyncDisposable
{
    private static readonly TimeSpan interval = TimeSpan.FromSeconds(3);

    private readonly PipelineStorage storage;
    private readonly RunStore runs;
    private readonly RunRecord run;
    private readonly ILogger log;
    private readonly CancellationTokenSource stop = new();
    private readonly CancellationTokenSource superseded = new();
    private readonly MemoryStream metrics = new();
    private readonly Lock gate = new();
    private readonly Task writing;
    private Snapshot latest = Snapshot.Begun;
    private bool hasNewMetrics;

    public RunRecorder(PipelineStorage storage, RunStore runs, RunRecord run, TimeProvider clock, ILogger log)
    {
        (this.storage, this.runs, this.run, this.log) = (storage, runs, run, log);
        writing = WriteAsync(clock);
    }

    /// <summary>Cancelled when the run's record shows that another trainer has it, or that it is over.</summary>
    public CancellationToken Superseded => superseded.Token;

    public void Report(TrainingProgress value)
    {
        lock (gate)
        {
            latest = latest with { Progress = new RunProgress(value.Stage, value.Done, value.Total) };
            if (value.Stage == TrainingStage.Training && value.Done > latest.Step)
                PipelineTelemetry.CountTrainingSteps(value.Done - latest.Step);
            if (value.Stage == TrainingStage.Training)
                latest = latest with { Step = (int)value.Done, Total = (int)value.Total };
            if (value.Stage == TrainingStage.Evaluating)
                latest = latest with { State = RunState.Evaluating };
            if (value.Metrics is not { } line)
                return;
            JsonSerializer.Serialize(metrics, line, PipelineJson.Line);
            metrics.WriteByte((byte)'\n');
            hasNewMetrics = true;
        }

        log.Trained(value.Metrics.Step, (int)value.Total, value.Metrics.Loss, value.Metrics.LearningRate);
    }

    /// <summary>Writes what is still to be written.</summary>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await writing;
        stop.Dispose();
        superseded.Dispose();
    }

    private async Task WriteAsync(TimeProvider clock)
    {
        var written = Snapshot.Begun;
        using var timer = new PeriodicTimer(interval, clock);
        var going = true;
        while (going)
        {
            try
            {
                await timer.WaitForNextTickAsync(stop.Token);
            }
            catch (OperationCanceledException)
            {
                going = false;
            }

            try
            {
                written = await FlushAsync(written);
            }
            catch (Exception e) when (e is RunTransitionException or RunTakenException)
            {
                await superseded.CancelAsync();
                return;
            }
            catch (Exception e) when (e is RequestFailedException or TimeoutException)
            {
                // Progress is for people: the next tick writes it again.
                log.ProgressNotWritten(run.Run, e);
            }
        }
    }

    private async Task<Snapshot> FlushAsync(Snapshot written)
    {
        Snapshot now;
        byte[]? lines = null;
        lock (gate)
        {
            now = latest;
            if (hasNewMetrics)
                lines = metrics.ToArray();
            hasNewMetrics = false;
        }

        if (lines is not null)
            await WriteMetricsAsync(lines);
        if (now == written)
            return written;
        await runs.TransitionAsync(
            run.Run, now.State, read => Mine(read) with { Step = now.Step, TotalSteps = now.Total, Progress = now.Progress }, CancellationToken.None);
        return now;
    }

    private async Task WriteMetricsAsync(byte[] lines)
    {
        try
        {
            // Always whole: readers never see half a line, and a new attempt begins anew.
            await storage.Runs.GetBlobClient(StorageLayout.RunMetrics(run.Run)).UploadAsync(
                new BinaryData(lines), new BlobUploadOptions { HttpHeaders = new BlobHttpHeaders { ContentType = "application/x-ndjson" } });
        }
        catch (RequestFailedException)
        {
            lock (gate)
                hasNewMetrics = true;
            throw;
        }
    }

    private RunRecord Mine(RunRecord read) =>
        read.Attempts == run.Attempts ? read : throw new RunTakenException(run.Run);

    /// <summary>What of the run's record this recorder keeps up to date.</summary>
    private readonly record struct Snapshot(int Step, int Total, RunState State, RunProgress? Progress)
    {
        public static readonly Snapshot Begun = new(0, 0, RunState.Training, null);
    }
}
