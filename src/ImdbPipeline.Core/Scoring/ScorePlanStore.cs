using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Storage.Blobs.Models;
using ImdbPipeline.Core.Storage;

namespace ImdbPipeline.Core.Scoring;

/// <summary>Plans in storage: created once, then only moved on, and swept of their shards when they end.</summary>
public sealed class ScorePlanStore(PipelineStorage storage, TimeProvider time)
{
    private const int NameLength = 16;

    /// <summary>A function of the file's name and its content's ETag: every delivery of one upload means one plan.</summary>
    public static string Name(string file, ETag etag) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{file}\n{etag.Plain()}")))[..NameLength];

    public static bool IsName(string? plan) => plan is { Length: NameLength } && plan.All(char.IsAsciiHexDigitLower);

    /// <exception cref="InvalidDataException">The plan is damaged.</exception>
    public async Task<ScorePlan?> FindAsync(string plan, CancellationToken cancellationToken) =>
        await storage.Scores.ReadJsonAsync<ScorePlan>(StorageLayout.ScorePlan(plan), cancellationToken) is { } read ? Checked(plan, read.Value) : null;

    // The name is a hash of file and ETag: a plan of another file must not be scored into this one's place.
    private static ScorePlan Checked(string name, ScorePlan plan) =>
        plan.Plan == name && Name(plan.File, new ETag(plan.ETag)) == name
            ? plan
            : throw new InvalidDataException($"scores/{StorageLayout.ScorePlan(name)}: expected a file and an ETag whose plan is {name}, found {plan.Plan} for {plan.File}. Upload the file to incoming again.");

    /// <returns>The plan in storage: this one, or the one another delivery was faster with.</returns>
    public async Task<ScorePlan> CreateAsync(ScorePlan plan, CancellationToken cancellationToken) =>
        await storage.Scores.CreateJsonAsync(StorageLayout.ScorePlan(plan.Plan), plan, cancellationToken)
            ? plan
            : await FindAsync(plan.Plan, cancellationToken) ?? throw new InvalidOperationException($"plan {plan.Plan}: created by another delivery and gone again. Deliver the event anew.");

    /// <summary>The names of the scored shards.</summary>
    public IAsyncEnumerable<string> OutputsAsync(string plan, CancellationToken cancellationToken) =>
        storage.Scores.GetBlobsAsync(new GetBlobsOptions { Prefix = StorageLayout.ScoreOutputs(plan) }, cancellationToken).Select(output => output.Name);

    /// <summary>Notes that every shard's message was sent.</summary>
    public Task<ScorePlan> QueuedAsync(string plan, CancellationToken cancellationToken) =>
        ChangeAsync(plan, read => read.State == ScorePlanState.Planned ? read with { State = ScorePlanState.Scoring } : read, cancellationToken);

    /// <summary>Notes that the messages of missing shards were sent again.</summary>
    public Task<ScorePlan> RequeuedAsync(string plan, CancellationToken cancellationToken) =>
        ChangeAsync(plan, read => IsOpen(read) ? read with { State = ScorePlanState.Scoring, RequeuedAt = time.GetUtcNow() } : read, cancellationToken);

    /// <summary>Ends a plan, unless it has ended already, and deletes its shards.</summary>
    /// <returns>The plan as it ended, this time or before.</returns>
    public async Task<ScorePlan> EndAsync(string plan, ScorePlanState state, string? reason, CancellationToken cancellationToken)
    {
        var ended = await ChangeAsync(
            plan,
            read => IsOpen(read) ? read with { State = state, Reason = reason, FinishedAt = time.GetUtcNow() } : read,
            cancellationToken);
        await SweepAsync(plan, cancellationToken);
        return ended;
    }

    public static bool IsOpen(ScorePlan plan) => plan.State is ScorePlanState.Planned or ScorePlanState.Scoring;

    /// <summary>Deletes everything of a plan but the plan itself.</summary>
    public async Task SweepAsync(string plan, CancellationToken cancellationToken)
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
                    ?? throw new InputRejectedException("plan-unknown", $"plan {plan}", "a recorded plan", "none of that name", "Upload the file to incoming again.");
                var changed = change(read);
                return changed == read || await storage.Scores.ReplaceJsonAsync(StorageLayout.ScorePlan(plan), changed, etag, token)
                    ? Swap.Done(changed)
                    : Swap.Lost<ScorePlan>();
            },
            cancellationToken);
}
