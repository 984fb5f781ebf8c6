using System.Globalization;
using ImdbPipeline.Cli.Foundation;
using ImdbPipeline.Cli.Screens;
using ImdbPipeline.Cli.Sessions;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Telemetry;
using Microsoft.Extensions.DependencyInjection;

namespace ImdbPipeline.Cli.Watching;

/// <summary>Sends a <c>retrain</c> message and follows its run to the end.</summary>
public sealed class RunWatch(Session session, IServiceProvider services)
{
    private readonly RunStore runs = services.GetRequiredService<RunStore>();
    private readonly WaitReasons reasons = new(services);

    /// <returns>The run's name, which is derived from the message's ID and time.</returns>
    public async Task<string> SendAsync(RetrainRequest request, CancellationToken cancellationToken)
    {
        var body = System.Text.Json.JsonSerializer.Serialize(request with { Traceparent = TraceContext.Current }, PipelineJson.Message);
        var queue = services.GetRequiredService<PipelineStorage>().Queue(StorageLayout.RetrainQueue);
        var receipt = (await queue.SendMessageAsync(body, cancellationToken)).Value;
        return StartTrainingHandler.RunName(new QueueDelivery(receipt.MessageId, receipt.InsertionTime, body));
    }

    /// <summary>Shows the run's progress until it is published, fails or is rejected.</summary>
    /// <exception cref="CommandFailedException">The run failed or was rejected.</exception>
    public async Task<RunRecord> FollowAsync(string run, CancellationToken cancellationToken)
    {
        session.AfterCancel = $"Run {run} goes on without you. Follow it: imdb runs follow {run}. Stop it: imdb runs cancel {run}.";
        await Polling.ForAsync(session, $"Waiting for run {run} to be queued", token => runs.FindAsync(run, token), reasons.OfArchiveAsync, cancellationToken);
        await Polling.ForAsync(session, "Waiting for a trainer", token => PastStateAsync(run, RunState.Queued, token), token => reasons.OfRunAsync(run, token), cancellationToken);
        var record = await FollowWorkAsync(run, cancellationToken);
        return record.State switch
        {
            RunState.Published => record,
            RunState.Rejected => throw new CommandFailedException(ExitCode.InputRejected, $"run {run} was rejected: {record.Reason}"),
            RunState.Cancelled => throw new CommandFailedException(ExitCode.Failed, $"run {run} was cancelled: {record.Reason}"),
            _ => throw new CommandFailedException(ExitCode.Failed, $"run {run} failed: {record.Reason?.TrimEnd('.')}. See {StorageLayout.Runs}/{StorageLayout.Run(run)}."),
        };
    }

    private async Task<RunRecord> FollowWorkAsync(string run, CancellationToken cancellationToken)
    {
        using var watch = new TrainingWatch(session);
        while (true)
        {
            var record = await runs.FindAsync(run, cancellationToken)
                ?? throw new CommandFailedException(ExitCode.NotFound, $"run {run}: expected its record {StorageLayout.Runs}/{StorageLayout.Run(run)}, found none. It was deleted during the run.");
            if (record.State.IsFinal())
                return record;
            if (record.Progress is { } progress)
                watch.Report(new TrainingProgress(progress.Stage, progress.Done, progress.Total, await LastMetricsAsync(run, cancellationToken)));
            await Task.Delay(Polling.Interval, session.Terminal.TimeProvider, cancellationToken);
        }
    }

    private async Task<MetricsLine?> LastMetricsAsync(string run, CancellationToken cancellationToken)
    {
        MetricsLine? last = null;
        await foreach (var line in runs.ReadMetricsAsync(run, cancellationToken))
            last = line;
        return last;
    }

    internal static string Describe(MetricsLine? metrics) => metrics is null
        ? ""
        : string.Create(CultureInfo.InvariantCulture, $"epoch {metrics.Epoch:0.0}  loss {metrics.Loss:0.000}")
            + (metrics.TokensPerSecond is { } speed ? $"  {Quantity.Count((long)speed)} tokens/s" : "");

    private async Task<RunRecord?> PastStateAsync(string run, RunState state, CancellationToken cancellationToken) =>
        await runs.FindAsync(run, cancellationToken) is { } record && record.State != state ? record : null;
}
