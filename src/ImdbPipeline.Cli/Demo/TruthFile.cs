using System.Text.Json;
using ImdbPipeline.Cli.Evaluating;
using ImdbPipeline.Core;

namespace ImdbPipeline.Cli.Demo;

/// <summary>Writes reviews to be scored into one file and their labels into another, line for line.</summary>
public static class TruthFile
{
    /// <returns>How many reviews.</returns>
    public static async Task<int> WriteAsync(
        string reviewsPath, string truthPath, IEnumerable<LabelledReview> reviews, IProgress<long> progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(reviews);
        ArgumentNullException.ThrowIfNull(progress);
        var count = 0;
        await using var texts = File.CreateText(reviewsPath);
        await using var labels = File.CreateText(truthPath);
        foreach (var review in reviews)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await texts.WriteLineAsync(JsonSerializer.Serialize(new { id = review.Id, text = review.Text }, PipelineJson.Line));
            await labels.WriteLineAsync(JsonSerializer.Serialize(new { id = review.Id, label = review.Label }, PipelineJson.Line));
            progress.Report(++count);
        }
        return count;
    }
}
