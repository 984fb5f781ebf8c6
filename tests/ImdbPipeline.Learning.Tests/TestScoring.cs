using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.Inferring;
using ImdbPipeline.Learning.Scoring;
using ImdbPipeline.Testing.Datasets;

namespace ImdbPipeline.Learning.Tests;

/// <summary>Scores texts with trained models.</summary>
internal static class TestScoring
{
    /// <returns>Logits of the scoring encoder, <c>[texts][labels]</c>.</returns>
    public static float[][] Logits(TrainableEncoder encoder, IReadOnlyList<int[]> texts, ScoringPrecision precision = ScoringPrecision.Fp32)
    {
        using var scoring = Inference.Prepare(encoder.Weights, precision);
        return Inference.Logits(scoring, texts, 64, null, CancellationToken.None);
    }

    /// <returns>Accuracy on the test split, 0 to 1.</returns>
    public static double Accuracy(TorchTextScorer scorer, InMemoryDataset dataset)
    {
        var test = dataset.Texts.Where(review => review.Split == Split.Test).ToArray();
        var predictions = scorer.Score([.. test.Select(review => review.Text)], null, CancellationToken.None);
        return predictions.Zip(test).Count(pair => pair.First.Label == dataset.Manifest.Labels[pair.Second.Label!.Value]) / (double)test.Length;
    }
}
