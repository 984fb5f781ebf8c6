using System.Diagnostics;
using ImdbPipeline.Core.Registry;
using ImdbPipeline.Core.Telemetry;

namespace ImdbPipeline.Core.Scoring;

/// <summary>Scores a few reviews at once with the champion of the moment.</summary>
public sealed class ScoreRequestHandler(ModelRegistry registry, IScorerProvider scorers)
{
    /// <returns>A record a review, in the request's order.</returns>
    /// <exception cref="NoChampionException">No model was promoted yet.</exception>
    /// <exception cref="InvalidOperationException">The champion's files are gone.</exception>
    public Task<IReadOnlyList<ScoreRecord>> HandleAsync(ScoreRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Stage.RunAsync("Score", span => HandleAsync(request, span, cancellationToken));
    }

    private async Task<IReadOnlyList<ScoreRecord>> HandleAsync(ScoreRequest request, Activity span, CancellationToken cancellationToken)
    {
        var model = (await registry.ReadChampionAsync(cancellationToken)).Model ?? throw new NoChampionException();
        span.SetTag("imdb.model", model).SetTag("imdb.rows", request.Reviews.Count);
        var scorer = await Stage.RunAsync("LoadModel", _ => LoadAsync(model, cancellationToken));
        var predictions = scorer.Score([.. request.Reviews.Select(review => review.Text)], null, cancellationToken);
        return [.. request.Reviews.Select((review, i) => ScoreRecord.Of(review.Id ?? $"{i + 1}", model, predictions[i]))];
    }

    private async Task<IReviewScorer> LoadAsync(string model, CancellationToken cancellationToken)
    {
        try
        {
            return await scorers.GetAsync(model, cancellationToken);
        }
        catch (InputRejectedException e)
        {
            // The request named no model: that the champion cannot be loaded is no fault of whoever asks.
            throw new InvalidOperationException($"The champion cannot be loaded. {e.Message}", e);
        }
    }
}
