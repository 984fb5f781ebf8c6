using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Storage.Blobs.Models;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Uploads;

namespace ImdbPipeline.Core.Scoring;

/// <summary>Stores plans; a plan is created once, only moves forward, and its shards are deleted when it ends.</summary>
public sealed class ScorePlanStore(PipelineStorage storage, TimeProvider timeProvider)
{
    private const int NameLength = 16;

    /// <summary>Derived from the file name and ETag, so every delivery of an upload maps to the same plan.</summary>
    public static string Name(string file, ETag etag) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{file}\n{etag.Unquoted()}")))[..NameLength];

    public static bool IsName(string? plan) => plan is { Length: NameLength } && plan.All(char.IsAsciiHexDigitLower);

    /// <exception cref="InvalidDataException">The plan is damaged.</exception>
    public async Task<ScorePlan?> FindAsync(string plan, CancellationToken cancellationToken) =>
        await storage.Scores.ReadJsonAsync<ScorePlan>(StorageLayout.ScorePlan(plan), cancellationToken) is { } read ? Checked(plan, read.Value) : null;

    /// <summary>Whether this content of an incoming file was rejected, or split into shards that are all queued.</summary>
    public async Task<bool> IsHandledAsync(string file, ETag etag, CancellationToken cancellationToken) =>
        await FindAsync(Name(file, etag), cancellationToken) is { State: not ScorePlanState.Planned } || await storage.FindRejectionAsync(file, etag, cancellationToken) is not null;

    // The name is a hash of file name and ETag: another file's plan must not be scored in this one's place.
    private static ScorePlan Checked(string name, ScorePlan plan) =>
        plan.Plan == name && Name(plan.File, new ETag(plan.ETag)) == name
            ? plan
            : throw new InvalidDataException($"{StorageLayout.Scores}/{StorageLayout.ScorePlan(name)}: expected a file name and ETag that hash to {name}, found plan {plan.Plan} for {plan.File}. Upload the file to incoming again.");

    /// <returns>The stored plan: this one, or the one that a faster delivery created.</returns>
    public async Task<ScorePlan> CreateAsync(ScorePlan plan, CancellationToken cancellationToken) =>
        await storage.Scores.CreateJsonAsync(StorageLayout.ScorePlan(plan.Plan), plan, cancellationToken)
            ? plan
            : await FindAsync(plan.Plan, cancellationToken) ?? throw new InvalidOperationException($"plan {plan.Plan}: expected the plan created by another delivery, found none. Deliver the event again.");

    /// <summary>Blob names of the scored shards.</summary>
    public IAsyncEnumerable<string> ListOutputsAsync(string plan, CancellationToken cancellationToken) =>
        storage.Scores.GetBlobsAsync(new GetBlobsOptions { Prefix = StorageLayout.ScoreOutputs(plan) }, cancellationToken).Select(output => output.Name);

    /// <summary>Records that all shard messages have been sent.</summary>
    public Task<ScorePlan> MarkQueuedAsync(string plan, CancellationToken cancellationToken) =>
        ChangeAsync(plan, read => read.State == ScorePlanState.Planned ? read with { State = ScorePlanState.Scoring } : read, cancellationToken);

    /// <summary>Records the precision of all shards, unless another host has recorded one already.</summary>
    /// <returns>The stored plan.</returns>
    public Task<ScorePlan> FixPrecisionAsync(string plan, ScoringPrecision precision, CancellationToken cancellationToken) =>
        ChangeAsync(plan, read => read.Precision is null ? read with { Precision = precision } : read, cancellationToken);

    /// <summary>Records that the messages for missing shards were resent.</summary>
    public Task<ScorePlan> MarkRequeuedAsync(string plan, CancellationToken cancellationToken) =>
        ChangeAsync(plan, read => IsOpen(read) ? read with { State = ScorePlanState.Scoring, RequeuedAt = timeProvider.GetUtcNow() } : read, cancellationToken);

    /// <summary>Ends a plan, unless it has already ended, and deletes its shards.</summary>
    /// <returns>The ended plan.</returns>
    public async Task<ScorePlan> EndAsync(string plan, ScorePlanState state, string? reason, CancellationToken cancellationToken)
    {
        var ended = await ChangeAsync(
            plan,
            read => IsOpen(read) ? read with { State = state, Reason = reason, FinishedAt = timeProvider.GetUtcNow() } : read,
            cancellationToken);
        await CleanUpAsync(plan, cancellationToken);
        return ended;
    }

    public static bool IsOpen(ScorePlan plan) => plan.State is ScorePlanState.Planned or ScorePlanState.Scoring;

    /// <summary>Deletes all of a plan's blobs except the plan itself.</summary>
    public async Task CleanUpAsync(string plan, CancellationToken cancellationToken)
    {
        var files = storage.Scores.GetBlobsAsync(new GetBlobsOptions { Prefix = StorageLayout.ScorePlanFolder(plan) }, cancellationToken);
        await Parallel.ForEachAsync(
            files,
            new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = cancellationToken },
            async (file, token) =>
            {
                if (file.Name != StorageLayout.ScorePlan(plan))
                    await storage.Scores.DeleteBlobIfExistsAsync(file.Name, cancellationToken: token);
            });
    }

    private Task<ScorePlan> ChangeAsync(string plan, Func<ScorePlan, ScorePlan> change, CancellationToken cancellationToken) =>
        StorageResilience.CompareAndSwapAsync<ScorePlan>(
            $"plan {plan}",
            async token =>
            {
                var (read, etag) = await storage.Scores.ReadJsonAsync<ScorePlan>(StorageLayout.ScorePlan(plan), token)
                    ?? throw new InputRejectedException(ErrorRules.PlanUnknown, $"plan {plan}", "an existing plan", "none with that name", "Upload the file to incoming again.");
                var changed = change(read);
                return changed == read || await storage.Scores.WriteJsonAsync(StorageLayout.ScorePlan(plan), changed, etag, token)
                    ? Swap.Done(changed)
                    : Swap.Lost<ScorePlan>();
            },
            cancellationToken);
}
