using System.Collections.Concurrent;
using System.Diagnostics;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Registry;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Telemetry;

namespace ImdbPipeline.Core.Scoring;

/// <summary>Scores a few texts synchronously with the current champion of a task; during a storage outage, with the last one known.</summary>
public sealed class ScoreRequestHandler(ModelRegistry registry, IScorerProvider scorers)
{
    private readonly ConcurrentDictionary<string, string> lastChampions = new(StringComparer.Ordinal);

    /// <returns>One record per text, in request order; one with its error for a text that cannot be scored.</returns>
    /// <exception cref="NoChampionException">No model of the task has been promoted yet.</exception>
    /// <exception cref="StorageUnavailableException">Storage does not respond, and the champion is not in memory.</exception>
    /// <exception cref="ChampionUnusableException">The champion cannot be loaded or used.</exception>
    public Task<IReadOnlyList<ScoreRecord>> HandleAsync(ScoreRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Stage.RunAsync("Score", span => ScoreAsync(request, span, cancellationToken));
    }

    private async Task<IReadOnlyList<ScoreRecord>> ScoreAsync(ScoreRequest request, Activity span, CancellationToken cancellationToken)
    {
        var (model, outage) = await FindChampionAsync(request.Task, cancellationToken);
        span.SetTag("imdb.model", model).SetTag("imdb.rows", request.Rows.Count);
        try
        {
            var scorer = await Stage.RunAsync("LoadModel", _ => LoadAsync(model, outage, cancellationToken));
            return scorer.ScoreRows(model, request.Rows, cancellationToken);
        }
        // Not the caller's fault: the request does not name a model.
        catch (Exception e) when (e is InputRejectedException or InvalidDataException)
        {
            throw new ChampionUnusableException(model, e);
        }
    }

    /// <returns>The champion, and why storage did not name it; null if it did.</returns>
    private async Task<(string Model, StorageUnavailableException? Outage)> FindChampionAsync(string task, CancellationToken cancellationToken)
    {
        try
        {
            var champion = (await registry.ReadChampionAsync(task, ModelRegistry.PromptLimit, cancellationToken)).Model ?? throw new NoChampionException(task);
            lastChampions[task] = champion;
            return (champion, null);
        }
        catch (StorageUnavailableException e) when (lastChampions.TryGetValue(task, out var champion))
        {
            return (champion, e);
        }
        catch (InvalidDataException e)
        {
            throw new ChampionUnusableException(null, e);
        }
    }

    private async Task<ITextScorer> LoadAsync(string model, StorageUnavailableException? outage, CancellationToken cancellationToken)
    {
        var loading = scorers.GetAsync(model, precision: null, cancellationToken);
        // During an outage only a model in memory can be used; loading one would wait for storage.
        if (outage is not null && !loading.IsCompleted)
            throw outage;
        return await loading;
    }
}
