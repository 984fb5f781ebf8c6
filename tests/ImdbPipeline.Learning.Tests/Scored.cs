using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.Inferring;
using ImdbPipeline.Learning.Scoring;

namespace ImdbPipeline.Learning.Tests;

/// <summary>What finished models say of reviews.</summary>
internal static class Scored
{
    /// <returns>The logits of the encoder as it is arranged for scoring, <c>[reviews][labels]</c>.</returns>
    public static float[][] Logits(Encoder encoder, IReadOnlyList<int[]> reviews, ScoringPrecision precision = ScoringPrecision.Fp32)
    {
        using var scoring = ScoringEncoder.Of(encoder.Weights, precision);
        return Inference.Logits(scoring, reviews, 64, null, CancellationToken.None);
    }

    /// <returns>The share predicted right, 0 to 1.</returns>
    public static double Accuracy(TorchReviewScorer scorer, InMemoryDataset dataset)
    {
        var test = dataset.Reviews.Where(review => review.Split == Split.Test).ToArray();
        var predictions = scorer.Score([.. test.Select(review => review.Text)], null, CancellationToken.None);
        return predictions.Zip(test).Count(pair => pair.First.Label == dataset.Manifest.Labels[pair.Second.Label!.Value]) / (double)test.Length;
    }
}
