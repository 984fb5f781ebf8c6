namespace ImdbPipeline.Core.Scoring;

/// <summary>One model version, loaded. Safe to call from several threads.</summary>
public interface IReviewScorer
{
    /// <summary>The model version.</summary>
    string Model { get; }

    /// <summary>Label names by index of the logits.</summary>
    IReadOnlyList<string> Labels { get; }

    /// <summary>Predictions in the order of the texts; the texts are cleaned and truncated as they were for training.</summary>
    /// <param name="progress">Told how many texts were scored since the last call.</param>
    IReadOnlyList<Prediction> Score(IReadOnlyList<string> texts, IProgress<int>? progress, CancellationToken cancellationToken);
}

/// <param name="Label">The name of the likeliest label.</param>
/// <param name="Score">Its calibrated probability, 0 to 1.</param>
/// <param name="Logits"><c>[labels]</c>, before temperature and softmax.</param>
/// <param name="Truncated">Whether the review was longer than the model reads.</param>
public sealed record Prediction(string Label, float Score, IReadOnlyList<float> Logits, bool Truncated);

/// <summary>Loads model versions and keeps the recent ones; a new champion is swapped in without a restart.</summary>
public interface IScorerProvider
{
    /// <exception cref="InputRejectedException">There is no such model version.</exception>
    Task<IReviewScorer> GetAsync(string model, CancellationToken cancellationToken);
}
