using System.Globalization;
using ImdbPipeline.Cli.Screens;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Training;
using Microsoft.Extensions.DependencyInjection;

namespace ImdbPipeline.Cli.Following;

/// <summary>Sends a <c>retrain</c> message and follows its run to the end.</summary>
public sealed class RunWatch(Session session, IServiceProvider services)
{
    private readonly RunStore runs = services.GetRequiredService<RunStore>();

    /// <returns>The name its run will have: a function of the message.</returns>
    public async Task<string> SendAsync(RetrainRequest request, CancellationToken cancellationToken)
    {
        var body = System.Text.Json.JsonSerializer.Serialize(request, Core.PipelineJson.Message);
        var queue = services.GetRequiredService<PipelineStorage>().Queue(StorageLayout.RetrainQueue);
        var receipt = (await queue.SendMessageAsync(body, cancellationToken)).Value;
        return StartTrainingHandler.RunName(new QueueDelivery(receipt.MessageId, receipt.InsertionTime, body));
    }

    /// <summary>Shows the run's progress until it is published, failed or rejected.</summary>
    /// <exception cref="CommandFailedException">It failed, or was rejected.</exception>
    public async Task<RunRecord> FollowAsync(string run, CancellationToken cancellationToken)
    {
        await Waiting.ForAsync(session, $"Waiting for run {run} to be planned", token => runs.FindAsync(run, token), cancellationToken, unstarted: true);
        await Waiting.ForAsync(session, "Waiting for a trainer", token => BeyondAsync(run, RunState.Queued, token), cancellationToken, unstarted: true);
        await Waiting.ForAsync(session, "Preparing the training", token => StepsBegunAsync(run, token), cancellationToken);
        await FollowTrainingAsync(run, cancellationToken);
        var record = await Waiting.ForAsync(session, "Evaluating and publishing", token => FinalAsync(run, token), cancellationToken);
        return record.State switch
        {
            RunState.Published => record,
            RunState.Rejected => throw new CommandFailedException(ExitCode.InputRefused, $"run {run} was rejected: {record.Reason}"),
            _ => throw new CommandFailedException(ExitCode.Failed, $"run {run} failed: {record.Reason} The record is {StorageLayout.Runs}/{StorageLayout.Run(run)}."),
        };
    }

    private async Task FollowTrainingAsync(string run, CancellationToken cancellationToken)
    {
        // A run that is watched late, or resumed, has steps behind it.
        var behind = (await runs.FindAsync(run, cancellationToken))?.Step ?? 0;
        using var progress = session.Progress("Training", total: null, Quantity.Count, behind);
        while (await runs.FindAsync(run, cancellationToken) is { State: RunState.Training } record)
        {
            var last = await LastMetricsAsync(run, cancellationToken);
            var step = Math.Max(record.Step, last?.Step ?? 0);
            progress.Report(step, record.TotalSteps > 0 ? record.TotalSteps : null, Describe(last));
            await Task.Delay(Waiting.Interval, session.Terminal.Clock, cancellationToken);
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

    private async Task<RunRecord?> BeyondAsync(string run, RunState state, CancellationToken cancellationToken) =>
        await runs.FindAsync(run, cancellationToken) is { } record && record.State != state ? record : null;

    // The first steps' time must not count as the later ones': reading, a teacher and word vectors come before them.
    private async Task<RunRecord?> StepsBegunAsync(string run, CancellationToken cancellationToken) =>
        await runs.FindAsync(run, cancellationToken) is { } record && (record.State != RunState.Training || record.Step > 0) ? record : null;

    private async Task<RunRecord?> FinalAsync(string run, CancellationToken cancellationToken) =>
        await runs.FindAsync(run, cancellationToken) is { } record && record.State.IsFinal() ? record : null;
}
