using Azure;
using Azure.Storage.Blobs.Models;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Registry;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Telemetry;
using ImdbPipeline.Core.Uploads;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.Core.Scoring;

/// <summary>
/// Cuts an incoming file into shards, records a plan with the current champion as the model for all of them, and queues the
/// shards. Without a champion the file waits until the reconciler picks it up.
/// </summary>
public sealed class ScoreIncomingHandler(
    PipelineStorage storage, ScorePlanStore plans, ModelRegistry registry, TaskStore tasks, QueueSender queues, ScoringLimits limits, TimeProvider timeProvider,
    ILogger<ScoreIncomingHandler> log)
{
    /// <param name="file">Blob name in <c>incoming</c>.</param>
    /// <exception cref="InputRejectedException">The file as a whole is invalid; the reason is recorded next to the scores.</exception>
    /// <exception cref="IOException">The file was overwritten while being read; retry the delivery.</exception>
    public async Task HandleAsync(string file, CancellationToken cancellationToken)
    {
        // Settings belong to the file next to them.
        if (StorageLayout.IsUploadSettings(file))
            return;
        if (!BlobName.IsAddressable(file))
        {
            await RejectNameAsync(file, cancellationToken);
            return;
        }
        if (await storage.Incoming.FindUploadAsync(file, cancellationToken) is not { } upload)
        {
            log.IncomingGone(file);
            return;
        }
        await Stage.RunAsync("ScoreIncoming", upload.Cause, span =>
        {
            span.SetTag("imdb.file", file);
            return PlanAndQueueAsync(file, upload.ETag, cancellationToken);
        });
    }

    private async Task RejectNameAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            IncomingFormat.Of(file);
        }
        catch (InputRejectedException e)
        {
            await RecordRejectionAsync(new IncomingRejection(file, UploadRecords.AnyVersion, e.Rule, e.Message, timeProvider.GetUtcNow()), cancellationToken);
            log.IncomingRejected(file, e.Rule, e.Message);
            throw;
        }
    }

    private async Task PlanAndQueueAsync(string file, ETag etag, CancellationToken cancellationToken)
    {
        var name = ScorePlanStore.Name(file, etag);
        var plan = await plans.FindAsync(name, cancellationToken) ?? await PlanAsync(name, file, etag, cancellationToken);
        if (plan?.State != ScorePlanState.Planned)
            return;

        var shards = Enumerable.Range(0, plan.Shards).Select(shard => new ScoringShard(plan.Plan, shard) { Traceparent = plan.Traceparent });
        await queues.SendAllAsync(StorageLayout.ScoringShardsQueue, shards, cancellationToken);
        await plans.MarkQueuedAsync(plan.Plan, cancellationToken);
    }

    /// <returns>Null if there is no usable champion yet.</returns>
    private async Task<ScorePlan?> PlanAsync(string name, string file, ETag etag, CancellationToken cancellationToken)
    {
        if (await storage.FindRejectionAsync(file, etag, cancellationToken) is { } earlier)
            throw new InputRejectedException(
                ErrorRules.Find(earlier.Rule), $"{StorageLayout.Incoming}/{UntrustedText.Escape(file)}", "a different file than the rejected one", $"the same content again ({earlier.Reason})", "Upload a corrected file.");
        try
        {
            var format = IncomingFormat.Of(file);
            var task = await tasks.OfIncomingAsync(file, cancellationToken);
            if (await FindChampionAsync(file, task, cancellationToken) is { } model)
                return await PlanAsync(name, file, format, etag, model, cancellationToken);
            return null;
        }
        catch (InputRejectedException e)
        {
            await plans.CleanUpAsync(name, cancellationToken);
            await RecordRejectionAsync(new IncomingRejection(file, etag.Unquoted(), e.Rule, e.Message, timeProvider.GetUtcNow()), cancellationToken);
            log.IncomingRejected(file, e.Rule, e.Message);
            throw;
        }
    }

    /// <returns>Null if there is none yet, or its record is damaged; the file waits until the reconciler finds a champion.</returns>
    private async Task<string?> FindChampionAsync(string file, string task, CancellationToken cancellationToken)
    {
        try
        {
            var model = (await registry.ReadChampionAsync(task, cancellationToken)).Model;
            if (model is null)
                log.IncomingWaits(file);
            return model;
        }
        catch (InvalidDataException e)
        {
            log.IncomingWaitsForRepair(file, e.Message);
            return null;
        }
    }

    private async Task<ScorePlan> PlanAsync(
        string name, string file, IncomingFormat format, ETag etag, string model, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, string>? columns = null;
        var (shards, rows) = await CutAsync(name, file, format, etag, taken => columns = taken, cancellationToken);
        var plan = await plans.CreateAsync(
            new ScorePlan
            {
                Plan = name,
                File = file,
                ETag = etag.Unquoted(),
                Model = model,
                Shards = shards,
                Rows = rows,
                Columns = columns,
                State = ScorePlanState.Planned,
                Traceparent = TraceContext.Current,
                CreatedAt = timeProvider.GetUtcNow(),
            },
            cancellationToken);
        log.IncomingPlanned(file, plan.Plan, plan.Rows, plan.Shards, plan.Model);

        // In the meantime another delivery may have finished the file and deleted the shards, leaving the new ones behind.
        if (!ScorePlanStore.IsOpen(plan))
            await plans.CleanUpAsync(name, cancellationToken);
        return plan;
    }

    private async Task<(int Shards, int Rows)> CutAsync(
        string name, string file, IncomingFormat format, ETag etag, Action<IReadOnlyDictionary<string, string>> taken, CancellationToken cancellationToken)
    {
        var settings = await IncomingSettings.ReadAsync(storage, file, cancellationToken);
        var options = new BlobOpenReadOptions(allowModifications: false) { Conditions = new BlobRequestConditions { IfMatch = etag } };
        try
        {
            await using var stream = await storage.Incoming.GetBlobClient(file).OpenReadAsync(options, cancellationToken);
            var rows = IncomingRows.Read(stream, $"{StorageLayout.Incoming}/{file}", format, limits, settings.Columns(), taken);
            return await new ShardCutter(storage, limits).CutAsync(name, file, rows, cancellationToken);
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.BlobNotFound || e.ErrorCode == BlobErrorCode.ConditionNotMet)
        {
            // The shards written so far belong to an abandoned plan and are deleted later.
            throw new IOException($"{StorageLayout.Incoming}/{UntrustedText.Escape(file)}: expected version {etag}, found another version or none: the file was overwritten or deleted while being read. The delivery is retried.", e);
        }
    }

    private async Task RecordRejectionAsync(IncomingRejection rejection, CancellationToken cancellationToken)
    {
        if (await IsReplacedAsync(rejection, cancellationToken))
            return;
        // First, so that a crash before the other record leaves a file that is handled again, rather than one that nobody hears of.
        await storage.RecordRejectedUploadAsync(StorageLayout.Incoming, rejection.File, rejection.ETag, rejection.Reason, rejection.At, cancellationToken);
        var path = StorageLayout.ScoreRejection(rejection.File);
        await StorageResilience.CompareAndSwapAsync<bool>(
            $"{StorageLayout.Scores}/{path}",
            async token =>
            {
                var earlier = await storage.Scores.ReadJsonAsync<IncomingRejection>(path, token);
                if (earlier?.Value.ETag == rejection.ETag || await IsReplacedAsync(rejection, token))
                    return Swap.Done(false);
                var written = await storage.Scores.WriteJsonAsync(path, rejection, earlier?.ETag, token);
                if (written && await IsReplacedAsync(rejection, token))
                    await WithdrawAsync(path, rejection, token);
                return written ? Swap.Done(true) : Swap.Lost<bool>();
            },
            cancellationToken);
    }

    private async Task<bool> IsReplacedAsync(IncomingRejection rejection, CancellationToken cancellationToken) =>
        rejection.ETag != UploadRecords.AnyVersion && await storage.Incoming.FindETagAsync(rejection.File, cancellationToken) is { } current && current.Unquoted() != rejection.ETag;

    // The file may have been replaced and scored while the rejection was being written; a create-only write does not detect that.
    private async Task WithdrawAsync(string path, IncomingRejection rejection, CancellationToken cancellationToken)
    {
        if (await storage.Scores.ReadJsonAsync<IncomingRejection>(path, cancellationToken) is not { } current || current.Value.ETag != rejection.ETag)
            return;
        try
        {
            await storage.Scores.GetBlobClient(path).DeleteIfExistsAsync(conditions: new BlobRequestConditions { IfMatch = current.ETag }, cancellationToken: cancellationToken);
        }
        catch (RequestFailedException e) when (e.Status == 412)
        {
            // The newer content was rejected too; keep its rejection.
        }
    }
}
