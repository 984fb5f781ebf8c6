using Azure;
using ImdbPipeline.Cli.Foundation;
using ImdbPipeline.Cli.Screens;
using ImdbPipeline.Cli.Sessions;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Uploads;
using Microsoft.Extensions.DependencyInjection;

namespace ImdbPipeline.Cli.Watching;

/// <summary>Uploads files to <c>incoming</c> and waits for their scores.</summary>
public sealed class IncomingUpload(Session session, IServiceProvider services)
{
    private readonly PipelineStorage storage = services.GetRequiredService<PipelineStorage>();
    private readonly ScorePlanStore plans = services.GetRequiredService<ScorePlanStore>();

    /// <param name="task">The task to upload to; null for the default one.</param>
    public Task<ExitCode> RunAsync(IReadOnlyList<string> paths, string? task, bool wait, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(paths);
        // Reject unsupported files before uploading any, as the pipeline would.
        foreach (var path in paths)
            IncomingFormat.Of(BlobUpload.NameOf(path, task));
        return BlobUpload.RunAllAsync(
            session, storage.Incoming, paths, task, wait, name => $"The scores will be in {StorageLayout.Scores}/{StorageLayout.ScoredFile(name)}.",
            ScoredAsync, summary => ScoreSummaryScreen.Show(session.Terminal.Page, summary), cancellationToken);
    }

    /// <summary>Waits until this version of an incoming file is scored.</summary>
    /// <exception cref="CommandFailedException">The file was rejected, or scoring failed.</exception>
    public async Task<ScoreSummary> ScoredAsync(string name, ETag etag, CancellationToken cancellationToken)
    {
        var plan = ScorePlanStore.Name(name, etag);
        session.AfterCancel = $"{name} is uploaded and will be scored without you. Download the scores later: imdb download scores {name}.";
        await Polling.ForAsync(session, $"Waiting for {name} to be picked up", token => PickedUpAsync(name, etag, plan, token), token => new WaitReasons(services).OfIncomingAsync(name, token), cancellationToken);
        using var progress = session.Progress($"Scoring {name}", total: null, Quantity.Count);
        while (true)
        {
            if (await SummaryAsync(name, etag, cancellationToken) is { } summary)
                return summary.State == ScoreState.Scored
                    ? summary
                    : throw new CommandFailedException(ExitCode.Failed, $"{StorageLayout.Incoming}/{name}: scoring failed. {summary.Reason}");
            await ReportAsync(plan, progress, cancellationToken);
            await Task.Delay(Polling.Interval, session.Terminal.TimeProvider, cancellationToken);
        }
    }

    // Picked up means that a plan exists or that the file is already scored.
    private async Task<object?> PickedUpAsync(string name, ETag etag, string plan, CancellationToken cancellationToken)
    {
        if (await storage.FindRejectionAsync(name, etag, cancellationToken) is { } rejection)
            throw new CommandFailedException(ExitCode.InputRejected, rejection.Reason);
        return (object?)await plans.FindAsync(plan, cancellationToken) ?? await SummaryAsync(name, etag, cancellationToken);
    }

    private async Task<ScoreSummary?> SummaryAsync(string name, ETag etag, CancellationToken cancellationToken)
    {
        var read = await storage.Scores.ReadJsonAsync<ScoreSummary>(StorageLayout.ScoreSummary(name), cancellationToken);
        return read?.Value is { } summary && summary.SourceETag == etag.Unquoted() ? summary : null;
    }

    private async Task ReportAsync(string name, ProgressLine progress, CancellationToken cancellationToken)
    {
        if (await plans.FindAsync(name, cancellationToken) is not { Shards: > 0 } plan)
            return;
        var done = await plans.ListOutputsAsync(name, cancellationToken).LongCountAsync(cancellationToken);
        progress.Report(done * plan.Rows / plan.Shards, plan.Rows, $"by {plan.Model}");
    }
}
