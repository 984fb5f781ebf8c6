using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Scoring;

/// <summary>A loaded model version. Thread-safe.</summary>
public interface ITextScorer
{
    /// <summary>The model version.</summary>
    string Model { get; }

    /// <summary>Never <see cref="ScoringPrecision.Auto"/>.</summary>
    ScoringPrecision Precision { get; }

    /// <summary>Label names in the order of the logits.</summary>
    IReadOnlyList<string> Labels { get; }

    /// <summary>Returns one prediction per text, in order; texts are cleaned and truncated as in training.</summary>
    /// <param name="progress">Receives the number of texts scored since the last report.</param>
    IReadOnlyList<Prediction> Score(IReadOnlyList<string> texts, IProgress<int>? progress, CancellationToken cancellationToken);
}

/// <param name="Label">Name of the most likely label; for a regression model, the name of its value.</param>
/// <param name="Score">The label's calibrated probability, 0 to 1; the value itself for a regression model.</param>
/// <param name="Scores"><c>[labels]</c>: each label's calibrated probability. They add up to 1, unless the model is multi-label.</param>
/// <param name="Logits"><c>[labels]</c>: the encoder's, also if the model blends them with those of n-grams.</param>
/// <param name="Truncated">Whether the text was longer than the model's maximum length.</param>
/// <param name="Unknown">Whether more than a third of the text's tokens are unknown to the model, so that the prediction says little.</param>
public sealed record Prediction(string Label, float Score, IReadOnlyList<float> Scores, IReadOnlyList<float> Logits, bool Truncated, bool Unknown = false);

/// <summary>Loads model versions and caches the recent ones; a new champion is used without a restart.</summary>
public interface IScorerProvider
{
    /// <param name="precision">Null for the precision that the host is set to.</param>
    /// <exception cref="InputRejectedException">The model version does not exist, or is not accurate enough in the precision.</exception>
    Task<ITextScorer> GetAsync(string model, ScoringPrecision? precision, CancellationToken cancellationToken);
}
