using System.Diagnostics;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Registry;
using ImdbPipeline.Core.Telemetry;

namespace ImdbPipeline.Core.Scoring;

/// <summary>Scores a few texts synchronously with the current champion.</summary>
public sealed class ScoreRequestHandler(ModelRegistry registry, IScorerProvider scorers)
{
    /// <returns>One record per text, in request order.</returns>
    /// <exception cref="NoChampionException">No model has been promoted yet.</exception>
    /// <exception cref="InvalidOperationException">The champion cannot be loaded.</exception>
    public Task<IReadOnlyList<ScoreRecord>> HandleAsync(ScoreRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Stage.RunAsync("Score", span => ScoreAsync(request, span, cancellationToken));
    }

    private async Task<IReadOnlyList<ScoreRecord>> ScoreAsync(ScoreRequest request, Activity span, CancellationToken cancellationToken)
    {
        var model = (await registry.ReadChampionAsync(cancellationToken)).Model ?? throw new NoChampionException();
        span.SetTag("imdb.model", model).SetTag("imdb.rows", request.Texts.Count);
        var scorer = await Stage.RunAsync("LoadModel", _ => LoadAsync(model, cancellationToken));
        var predictions = scorer.Score([.. request.Texts.Select(review => review.Text)], null, cancellationToken);
        return [.. request.Texts.Select((review, i) => ScoreRecord.Of(i + 1, review.Id, model, predictions[i]))];
    }

    private async Task<ITextScorer> LoadAsync(string model, CancellationToken cancellationToken)
    {
        try
        {
            return await scorers.GetAsync(model, precision: null, cancellationToken);
        }
        catch (InputRejectedException e)
        {
            // Not the caller's fault: the request does not name a model.
            throw new InvalidOperationException($"The champion cannot be loaded. {e.Message}", e);
        }
    }
}
