using Azure;
using ImdbPipeline.Core.Storage;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.Core.Registry;

/// <summary>Published models and the pointer to the champion, which moves only by compare-and-swap and never loses a step.</summary>
public sealed class ModelRegistry(PipelineStorage storage, TimeProvider time, ILogger<ModelRegistry> log)
{
    private static readonly Champion Nobody = new(null, []);

    /// <returns>The pointer and its history; <see cref="Champion.Model"/> is null where nothing was ever promoted.</returns>
    /// <exception cref="InvalidDataException">The pointer is damaged.</exception>
    public async Task<Champion> ReadChampionAsync(CancellationToken cancellationToken) =>
        (await ReadAsync(cancellationToken))?.Value ?? Nobody;

    /// <returns>The published model, or null where there is none of that version.</returns>
    public async Task<ModelManifest?> FindAsync(string model, CancellationToken cancellationToken) =>
        (await storage.Models.ReadJsonAsync<ModelManifest>(StorageLayout.ModelManifest(model), cancellationToken))?.Value;

    /// <summary>The newest published models, newest first; folders without a manifest are no models.</summary>
    public async Task<IReadOnlyList<ModelManifest>> ListAsync(int most, CancellationToken cancellationToken)
    {
        var models = new List<ModelManifest>();
        foreach (var blob in await storage.Models.ListNewestAsync("", IsManifest, most, cancellationToken))
        {
            if (await storage.Models.ReadJsonAsync<ModelManifest>(blob.Name, cancellationToken) is { } manifest)
                models.Add(manifest.Value);
        }
        return [.. models.OrderByDescending(m => m.CreatedAt).ThenByDescending(m => m.Version, StringComparer.Ordinal)];
    }

    /// <summary>
    /// Makes the model champion if the gate lets it; the gate is judged again whenever another writer was faster.
    /// Asked twice by the same run, one step is recorded, even if the champion was changed in between.
    /// </summary>
    /// <param name="by">The run.</param>
    /// <param name="aboveBaseline">Whether the model must also be at least as accurate as its linear baseline.</param>
    /// <exception cref="InputRejectedException">There is no such model.</exception>
    public async Task<PromotionOutcome> PromoteAsync(string model, string by, bool aboveBaseline, CancellationToken cancellationToken)
    {
        var challenger = await PublishedAsync(model, cancellationToken);
        var outcome = await StorageResilience.CompareAndSwapAsync<PromotionOutcome>(
            StorageLayout.Champion,
            async token =>
            {
                var read = await ReadAsync(token);
                var present = read?.Value ?? Nobody;
                if (present.History.Any(s => s.Action == RegistryAction.Promote && s.Model == model && s.By == by))
                    return Swap.Done(new PromotionOutcome(true, "promoted before by the same run", present));
                if (present.Model == model)
                    return Swap.Done(new PromotionOutcome(true, "it is the champion already", present));

                var champion = present.Model is null ? null : await FindAsync(present.Model, token);
                var verdict = PromotionGate.Judge(challenger, champion, aboveBaseline);
                if (!verdict.Passed)
                    return Swap.Done(new PromotionOutcome(false, verdict.Reason, present));
                var next = Step(present, RegistryAction.Promote, challenger, by);
                return await WriteAsync(read, next, token)
                    ? Swap.Done(new PromotionOutcome(true, verdict.Reason, next))
                    : Swap.Lost<PromotionOutcome>();
            },
            cancellationToken);
        if (outcome.Promoted)
            log.Promoted(model, by, outcome.Reason);
        else
            log.NotPromoted(model, by, outcome.Reason);
        return outcome;
    }

    /// <summary>Makes any published model champion, whatever the gate says.</summary>
    /// <param name="by">The person.</param>
    /// <exception cref="InputRejectedException">There is no such model.</exception>
    public async Task<Champion> PinAsync(string model, string by, CancellationToken cancellationToken)
    {
        var pinned = await PublishedAsync(model, cancellationToken);
        return await StorageResilience.CompareAndSwapAsync<Champion>(
            StorageLayout.Champion,
            async token =>
            {
                var read = await ReadAsync(token);
                var present = read?.Value ?? Nobody;
                if (present.Model == model)
                    return Swap.Done(present);
                var next = Step(present, RegistryAction.Pin, pinned, by);
                return await WriteAsync(read, next, token) ? Swap.Done(next) : Swap.Lost<Champion>();
            },
            cancellationToken);
    }

    /// <summary>Goes back one champion, as a recorded step.</summary>
    /// <param name="by">The person.</param>
    /// <param name="from">
    /// The champion to go back from, as the person saw it: asked again, nothing more is done. Null: the present one, and asked
    /// again, it goes back one more.
    /// </param>
    /// <exception cref="InputRejectedException">There is no earlier champion, its model is gone, or the champion changed meanwhile.</exception>
    public async Task<Champion> RollbackAsync(string by, CancellationToken cancellationToken, string? from = null)
    {
        // Two people who roll back the same champion at once mean one step, not two.
        var seen = from;
        return await StorageResilience.CompareAndSwapAsync<Champion>(
            StorageLayout.Champion,
            async token =>
            {
                var read = await ReadAsync(token);
                var present = read?.Value ?? Nobody;
                seen ??= present.Model;
                if (present.Model != seen && present.History is [.., { Action: RegistryAction.Rollback } last] && last.By == by && last.Previous == seen)
                    return Swap.Done(present);
                if (present.Model != seen)
                    throw new InputRejectedException(
                        "champion-changed", "rollback", $"champion {seen}", present.Model is null ? "none" : $"{present.Model}, set meanwhile by {present.History[^1].By}",
                        "Look at the models again and repeat the rollback if it is still wanted.");
                if (ChampionHistory.Before(present) is not { } earlier)
                    throw new InputRejectedException(
                        "no-earlier-champion", "rollback", "an earlier champion", $"{present.History.Count} recorded steps and none before {present.Model ?? "the first"}",
                        "Promote a model by name instead.");
                var next = Step(present, RegistryAction.Rollback, await PublishedAsync(earlier, token), by);
                return await WriteAsync(read, next, token) ? Swap.Done(next) : Swap.Lost<Champion>();
            },
            cancellationToken);
    }

    private async Task<(Champion Value, ETag ETag)?> ReadAsync(CancellationToken cancellationToken)
    {
        var read = await storage.Models.ReadJsonAsync<Champion>(StorageLayout.Champion, cancellationToken);
        return read is not { } found || ChampionHistory.IsWhole(found.Value)
            ? read
            : throw new InvalidDataException(
                $"models/{StorageLayout.Champion}: expected a history whose every step begins with the model the step before ended with, found one that does not, or ends with another than '{found.Value.Model}'. Restore the blob.");
    }

    private Champion Step(Champion present, RegistryAction action, ModelManifest model, string by) =>
        new(model.Version, [.. present.History, new RegistryStep(action, model.Version, present.Model, model.ValidationAccuracy, by, time.GetUtcNow())]);

    private Task<bool> WriteAsync((Champion Value, ETag ETag)? read, Champion next, CancellationToken cancellationToken) =>
        read is { } found
            ? storage.Models.ReplaceJsonAsync(StorageLayout.Champion, next, found.ETag, cancellationToken)
            : storage.Models.CreateJsonAsync(StorageLayout.Champion, next, cancellationToken);

    private async Task<ModelManifest> PublishedAsync(string model, CancellationToken cancellationToken) =>
        await FindAsync(model, cancellationToken)
        ?? throw new InputRejectedException("model-unknown", $"model {model}", "a published model", "no manifest of that version", "List the models and name one of them.");

    // Base models lie deeper (base/{name}/…) and carry no manifest of this kind.
    private static bool IsManifest(string path) => path.Split('/') is [var version, _] && path == StorageLayout.ModelManifest(version);
}
