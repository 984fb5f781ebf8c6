using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Learning.Scoring;

namespace ImdbPipeline.Learning.Tests;

/// <summary>What a published model says of a data set's test reviews.</summary>
internal static class Scored
{
    /// <returns>The share predicted right, 0 to 1.</returns>
    public static double Accuracy(TorchReviewScorer scorer, InMemoryDataset dataset)
    {
        var test = dataset.Reviews.Where(review => review.Split == Split.Test).ToArray();
        var predictions = scorer.Score([.. test.Select(review => review.Text)], null, CancellationToken.None);
        return predictions.Zip(test).Count(pair => pair.First.Label == dataset.Manifest.Labels[pair.Second.Label!.Value]) / (double)test.Length;
    }
}
