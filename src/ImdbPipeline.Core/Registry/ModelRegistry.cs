using Azure;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Storage;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.Core.Registry;

/// <summary>Published models and each task's champion pointer, which changes only by compare-and-swap, so no step is lost.</summary>
public sealed class ModelRegistry(PipelineStorage storage, TimeProvider timeProvider, ILogger<ModelRegistry> log, PromotionOptions? options = null)
{
    /// <summary>How long people wait for storage before they are told that it does not respond.</summary>
    internal static readonly TimeSpan PromptLimit = TimeSpan.FromSeconds(1.5);

    private const int MaxNamedLabels = 10;

    private static readonly Champion NoChampion = new(null, []);

    private readonly PromotionOptions options = options ?? new PromotionOptions();

    /// <returns>The pointer and its history; <see cref="Champion.Model"/> is null if nothing has been promoted yet.</returns>
    /// <exception cref="InvalidDataException">The pointer is damaged.</exception>
    public async Task<Champion> ReadChampionAsync(string task, CancellationToken cancellationToken) =>
        (await ReadAsync(task, cancellationToken)).Value;

    /// <summary>As <see cref="ReadChampionAsync(string, CancellationToken)"/>, for callers who cannot wait for an outage to end.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not respond in time.</exception>
    /// <exception cref="InvalidDataException">The pointer is damaged.</exception>
    public async Task<Champion> ReadChampionAsync(string task, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(limit);
        try
        {
            return await ReadChampionAsync(task, limited.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new StorageUnavailableException(storage.Address, limit);
        }
    }

    /// <returns>The published model, or null if that version does not exist.</returns>
    public async Task<ModelManifest?> FindAsync(string model, CancellationToken cancellationToken) =>
        (await storage.Models.ReadJsonAsync<ModelManifest>(StorageLayout.ModelManifest(model), cancellationToken))?.Value;

    /// <summary>The newest published models, newest first; folders without a manifest are skipped.</summary>
    /// <param name="damaged">Told about each damaged manifest. Null: the first one is thrown.</param>
    /// <exception cref="InvalidDataException">A manifest is damaged.</exception>
    public async Task<IReadOnlyList<ModelManifest>> ListAsync(int max, CancellationToken cancellationToken, Action<InvalidDataException>? damaged = null)
    {
        var models = await storage.Models.ReadNewestAsync<ModelManifest>("", IsManifest, max, cancellationToken, damaged);
        return [.. models.OrderByDescending(m => m.CreatedAt).ThenByDescending(m => m.Version, StringComparer.Ordinal)];
    }

    /// <summary>
    /// Makes the model champion if it passes the gate, which is evaluated again whenever another writer was faster.
    /// Idempotent per run: a second call records no further step, even if the champion has changed in between.
    /// </summary>
    /// <param name="by">The run that promotes the model.</param>
    /// <param name="aboveBaseline">Whether the model must also be at least as accurate as its linear baseline.</param>
    /// <exception cref="InputRejectedException">The model does not exist.</exception>
    public async Task<PromotionOutcome> PromoteAsync(string task, string model, string by, bool aboveBaseline, CancellationToken cancellationToken)
    {
        var challenger = await PublishedAsync(model, cancellationToken);
        PromotionOutcome outcome;
        try
        {
            outcome = await CompareAndPromoteAsync(task, challenger, by, aboveBaseline, cancellationToken);
        }
        catch (InvalidDataException e)
        {
            // The model is published, and people can promote it once the record is restored.
            outcome = new PromotionOutcome(false, e.Message);
        }
        if (outcome.Promoted)
            log.Promoted(model, by, outcome.Reason);
        else
            log.NotPromoted(model, by, outcome.Reason);
        return outcome;
    }

    private Task<PromotionOutcome> CompareAndPromoteAsync(string task, ModelManifest challenger, string by, bool aboveBaseline, CancellationToken cancellationToken)
    {
        var model = challenger.Version;
        return StorageResilience.CompareAndSwapAsync<PromotionOutcome>(
            StorageLayout.Champion(task),
            async token =>
            {
                var read = await ReadAsync(task, token);
                var current = read.Value;
                if (current.History.Any(s => s.Action == RegistryAction.Promote && s.Model == model && s.By == by))
                    return Swap.Done(new PromotionOutcome(true, "already promoted by the same run"));
                if (current.Model == model)
                    return Swap.Done(new PromotionOutcome(true, "it is already the champion"));
                if (ChampionHistory.WasRolledBack(current, model))
                    return Swap.Done(new PromotionOutcome(false, "this version was champion before and was rolled back; only 'imdb models promote' can make it champion again"));
                if (await FindOtherLabelsAsync(task, current, challenger, token) is { } others)
                    return Swap.Done(new PromotionOutcome(false, DescribeOtherLabels(task, challenger, others)));

                var champion = current.Model is null ? null : await FindAsync(current.Model, token);
                var verdict = PromotionGate.Judge(challenger, champion, aboveBaseline, options);
                if (!verdict.Passed)
                    return Swap.Done(new PromotionOutcome(false, verdict.Reason));
                var next = Step(current, RegistryAction.Promote, challenger, by);
                return await WriteAsync(task, read.ETag, next, token)
                    ? Swap.Done(new PromotionOutcome(true, verdict.Reason))
                    : Swap.Lost<PromotionOutcome>();
            },
            cancellationToken);
    }

    /// <summary>Makes any published model champion, bypassing the gate.</summary>
    /// <param name="by">The person who asked for it.</param>
    /// <exception cref="InputRejectedException">The model does not exist, or has other labels than the task.</exception>
    public async Task<Champion> PinAsync(string task, string model, string by, CancellationToken cancellationToken)
    {
        var pinned = await PublishedAsync(model, cancellationToken);
        return await StorageResilience.CompareAndSwapAsync<Champion>(
            StorageLayout.Champion(task),
            async token =>
            {
                var read = await ReadAsync(task, token);
                var current = read.Value;
                if (current.Model == model)
                    return Swap.Done(current);
                await RequireLabelsAsync(task, current, pinned, token);
                var next = Step(current, RegistryAction.Pin, pinned, by);
                return await WriteAsync(task, read.ETag, next, token) ? Swap.Done(next) : Swap.Lost<Champion>();
            },
            cancellationToken);
    }

    /// <summary>Rolls back to the previous champion and records the step.</summary>
    /// <param name="by">The person who asked for it.</param>
    /// <param name="from">
    /// The champion to roll back from, as the person saw it; repeating the call does nothing more. Null: the current champion;
    /// repeating the call rolls back one step further.
    /// </param>
    /// <exception cref="InputRejectedException">There is no earlier champion, its model is gone, or the champion has changed in the meantime.</exception>
    public async Task<Champion> RollbackAsync(string task, string by, CancellationToken cancellationToken, string? from = null)
    {
        // Two people who roll back the same champion at once want one step back, not two.
        var expected = from;
        return await StorageResilience.CompareAndSwapAsync<Champion>(
            StorageLayout.Champion(task),
            async token =>
            {
                var read = await ReadAsync(task, token);
                var current = read.Value;
                expected ??= current.Model;
                if (current.Model != expected && current.History is [.., { Action: RegistryAction.Rollback } last] && last.By == by && last.Previous == expected)
                    return Swap.Done(current);
                if (current.Model != expected)
                    throw new InputRejectedException(
                        ErrorRules.ChampionChanged, "rollback", $"champion {expected}", current.Model is null ? "none" : $"{current.Model}, set in the meantime by {current.History[^1].By}",
                        "List the models and repeat the rollback if you still want it.");
                if (ChampionHistory.FindPrevious(current) is not { } earlier)
                    throw new InputRejectedException(
                        ErrorRules.NoEarlierChampion, "rollback", "an earlier champion", $"{current.History.Count} recorded steps, none before {current.Model ?? "the first"}",
                        "Promote a model by version instead.");
                var previous = await PublishedAsync(earlier, token);
                await RequireLabelsAsync(task, current, previous, token);
                var next = Step(current, RegistryAction.Rollback, previous, by);
                return await WriteAsync(task, read.ETag, next, token) ? Swap.Done(next) : Swap.Lost<Champion>();
            },
            cancellationToken);
    }

    /// <returns>The labels of the task; null if they are the model's, or not known yet.</returns>
    private async Task<IReadOnlyList<string>?> FindOtherLabelsAsync(string task, Champion current, ModelManifest model, CancellationToken cancellationToken)
    {
        var labels = (await new TaskStore(storage, timeProvider).FindAsync(task, cancellationToken))?.Labels
            ?? (current.Model is { } champion ? (await FindAsync(champion, cancellationToken))?.Labels : null);
        return labels is null || LabelledTask.AreSame(labels, model.Labels) ? null : labels;
    }

    private async Task RequireLabelsAsync(string task, Champion current, ModelManifest model, CancellationToken cancellationToken)
    {
        if (await FindOtherLabelsAsync(task, current, model, cancellationToken) is { } others)
            throw new InputRejectedException(
                ErrorRules.TaskLabelsDiffer, $"model {model.Version}", $"the labels of task {task} ({Join(others)})", Join(model.Labels), "Choose a model of this task, or name another task with --task.");
    }

    private static string DescribeOtherLabels(string task, ModelManifest model, IReadOnlyList<string> labels) =>
        $"its labels ({Join(model.Labels)}) are not those of task {task} ({Join(labels)})";

    private static string Join(IReadOnlyList<string> labels) =>
        string.Join(", ", labels.Take(MaxNamedLabels)) + (labels.Count > MaxNamedLabels ? $" and {labels.Count - MaxNamedLabels} more" : "");

    /// <returns>The pointer, and its ETag; without one, the pointer has not been written yet.</returns>
    private async Task<(Champion Value, ETag? ETag)> ReadAsync(string task, CancellationToken cancellationToken)
    {
        if (await ReadConsistentAsync(StorageLayout.Champion(task), cancellationToken) is { } read)
            return read;
        return task == LabelledTask.Default && await ReadConsistentAsync(StorageLayout.EarlierChampion, cancellationToken) is { } earlier
            ? (earlier.Value, null)
            : (NoChampion, null);
    }

    private async Task<(Champion Value, ETag ETag)?> ReadConsistentAsync(string path, CancellationToken cancellationToken)
    {
        var read = await storage.Models.ReadJsonAsync<Champion>(path, cancellationToken);
        return read is not { } found || ChampionHistory.IsConsistent(found.Value)
            ? read
            : throw new InvalidDataException(
                $"{StorageLayout.Models}/{path}: expected a history in which each step starts from the previous step's model and the last ends with '{found.Value.Model}', found an inconsistent one. Restore an earlier version of the blob.");
    }

    private Champion Step(Champion current, RegistryAction action, ModelManifest model, string by) =>
        new(model.Version, [.. current.History, new RegistryStep(action, model.Version, current.Model, model.ValidationAccuracy, by, timeProvider.GetUtcNow())]);

    private Task<bool> WriteAsync(string task, ETag? read, Champion next, CancellationToken cancellationToken) =>
        storage.Models.WriteJsonAsync(StorageLayout.Champion(task), next, read, cancellationToken);

    private async Task<ModelManifest> PublishedAsync(string model, CancellationToken cancellationToken) =>
        await FindAsync(model, cancellationToken)
        ?? throw new InputRejectedException(ErrorRules.ModelUnknown, $"model {model}", "a published model", "no manifest for that version", "List the models and choose one of them.");

    // Base models are one level deeper (base/{name}/…) and have no such manifest.
    private static bool IsManifest(string path) => path.Split('/') is [var version, _] && path == StorageLayout.ModelManifest(version);
}
