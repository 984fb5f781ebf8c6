using System.Diagnostics;
using System.Text.Json;
using Azure;
using Azure.Storage.Blobs.Models;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.Core.Scoring;

/// <summary>
/// Scores one shard with its plan's model; the delivery that completes the last missing shard assembles the file.
/// Idempotent: a redelivery does only the remaining work, if any.
/// </summary>
public sealed class ScoreShardHandler(
    PipelineStorage storage, ScorePlanStore plans, IScorerProvider scorers, ScoredFileAssembler assembler, TimeProvider timeProvider,
    ILogger<ScoreShardHandler> log)
{
    private static readonly byte[] LineEnd = "\n"u8.ToArray();

    /// <param name="body">A <see cref="ScoringShard"/> as JSON.</param>
    /// <exception cref="InputRejectedException">The message does not name an existing shard.</exception>
    public Task HandleAsync(string body, CancellationToken cancellationToken) =>
        Stage.RunAsync("ScoreShard", TraceContext.OfMessage(body, body), span => FindAndScoreAsync(body, span, cancellationToken));

    private async Task FindAndScoreAsync(string body, Activity span, CancellationToken cancellationToken)
    {
        var message = ScoringShard.Parse(body);
        var plan = await plans.FindAsync(message.Plan, cancellationToken)
            ?? throw new InputRejectedException(ErrorRules.PlanUnknown, $"plan {message.Plan}", "an existing plan", "none with that name", "Upload the file to incoming again.");
        if (message.Shard >= plan.Shards)
            throw new InputRejectedException(
                ErrorRules.ShardUnknown, $"plan {message.Plan}", $"a shard from 0 to {plan.Shards - 1}", $"{message.Shard}", "Upload the file to incoming again.");
        span.SetTag("imdb.file", plan.File).SetTag("imdb.plan", plan.Plan).SetTag("imdb.shard", message.Shard).SetTag("imdb.model", plan.Model);
        try
        {
            await ScoreAndAssembleAsync(plan, message.Shard, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Recorded because a poison message does not contain the error.
            await RecordFailureAsync(plan, message.Shard, e, cancellationToken);
            throw;
        }
    }

    private async Task ScoreAndAssembleAsync(ScorePlan plan, int shard, CancellationToken cancellationToken)
    {
        if (!ScorePlanStore.IsOpen(plan))
        {
            await plans.CleanUpAsync(plan.Plan, cancellationToken);
            return;
        }
        if (await assembler.EndIfSupersededAsync(plan, cancellationToken))
            return;
        if (!await storage.Scores.GetBlobClient(StorageLayout.ScoreOutput(plan.Plan, shard)).ExistsAsync(cancellationToken)
            && !await ScoreAsync(plan, shard, cancellationToken))
            return;
        if (await IsCompleteAsync(plan, shard, cancellationToken))
            await Stage.RunAsync("AssembleScores", _ => assembler.AssembleAsync(plan, cancellationToken));
    }

    /// <returns>False if another delivery has ended the plan in the meantime.</returns>
    private async Task<bool> ScoreAsync(ScorePlan plan, int shard, CancellationToken cancellationToken)
    {
        if (await ReadShardAsync(plan, shard, cancellationToken) is not { } rows)
            return false;
        var scorer = await Stage.RunAsync("LoadModel", _ => LoadAsync(plan, cancellationToken));
        using var lines = new MemoryStream();
        foreach (var record in scorer.ScoreRows(plan.Model, rows, cancellationToken))
        {
            JsonSerializer.Serialize(lines, record, PipelineJson.Line);
            lines.Write(LineEnd);
        }
        lines.Position = 0;
        await WriteOutputAsync(plan.Plan, shard, lines, cancellationToken);
        if (await plans.FindAsync(plan.Plan, cancellationToken) is not { } current || ScorePlanStore.IsOpen(current))
            return true;
        // A faster delivery ended the plan and may have deleted its shards before this output was written.
        await plans.CleanUpAsync(plan.Plan, cancellationToken);
        return false;
    }

    /// <summary>Loads the plan's model in the plan's precision, so that all shards have the same one on all hosts.</summary>
    private async Task<ITextScorer> LoadAsync(ScorePlan plan, CancellationToken cancellationToken)
    {
        var scorer = await scorers.GetAsync(plan.Model, plan.Precision, cancellationToken);
        if (plan.Precision is not null)
            return scorer;
        var stored = await plans.FixPrecisionAsync(plan.Plan, scorer.Precision, cancellationToken);
        return stored.Precision == scorer.Precision ? scorer : await scorers.GetAsync(plan.Model, stored.Precision, cancellationToken);
    }

    private async Task<IReadOnlyList<IncomingRow>?> ReadShardAsync(ScorePlan plan, int shard, CancellationToken cancellationToken)
    {
        var path = StorageLayout.ScoreInput(plan.Plan, shard);
        try
        {
            var rows = new List<IncomingRow>();
            await using var stream = await storage.Scores.GetBlobClient(path).OpenReadAsync(new BlobOpenReadOptions(allowModifications: false), cancellationToken);
            await foreach (var row in JsonSerializer.DeserializeAsyncEnumerable<IncomingRow>(stream, topLevelValues: true, PipelineJson.Line, cancellationToken))
                rows.Add(row ?? throw new InvalidDataException($"scores/{path}: expected one row per line, found null. Upload the file to incoming again."));
            return rows;
        }
        // Deleted before or after it was opened; reading a deleted blob gives 404 on Azure and 412 on Azurite.
        catch (RequestFailedException e) when (e.Status is 404 or 412)
        {
            if (await plans.FindAsync(plan.Plan, cancellationToken) is { } current && !ScorePlanStore.IsOpen(current))
                return null;
            if (e.Status == 412)
                throw;
            throw new InvalidDataException($"scores/{path}: expected a shard of {plan.File}, found none. Upload the file to incoming again.", e);
        }
    }

    private async Task WriteOutputAsync(string plan, int shard, Stream lines, CancellationToken cancellationToken)
    {
        try
        {
            var createOnly = new BlobUploadOptions { Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All } };
            await storage.Scores.GetBlobClient(StorageLayout.ScoreOutput(plan, shard)).UploadAsync(lines, createOnly, cancellationToken);
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.BlobAlreadyExists)
        {
            // Another delivery of the same message was faster; keep its output.
        }
    }

    /// <summary>
    /// Whether all outputs exist. First checks the last shard and the next one, which are usually missing, to avoid a
    /// listing that grows with the file.
    /// </summary>
    private async Task<bool> IsCompleteAsync(ScorePlan plan, int shard, CancellationToken cancellationToken)
    {
        foreach (var likelyMissing in (int[])[plan.Shards - 1, (shard + 1) % plan.Shards])
            if (likelyMissing != shard
                && !await storage.Scores.GetBlobClient(StorageLayout.ScoreOutput(plan.Plan, likelyMissing)).ExistsAsync(cancellationToken))
                return false;
        return await plans.ListOutputsAsync(plan.Plan, cancellationToken).CountAsync(cancellationToken) == plan.Shards;
    }

    private async Task RecordFailureAsync(ScorePlan plan, int shard, Exception e, CancellationToken cancellationToken)
    {
        var failure = JsonSerializer.SerializeToUtf8Bytes(new ShardFailure(e.GetType().Name, e.Message, timeProvider.GetUtcNow()), PipelineJson.Record);
        try
        {
            await storage.Scores.GetBlobClient(StorageLayout.ScoreFailure(plan.Plan, shard)).UploadAsync(new BinaryData(failure), overwrite: true, cancellationToken);
        }
        catch (Exception unrecorded) when (unrecorded is not OperationCanceledException)
        {
            // If storage itself is failing, the shard's own error is the one to throw.
            log.ShardFailureUnrecorded(unrecorded, plan.File, plan.Plan, shard);
        }
    }
}
