namespace ImdbPipeline.Core.Registry;

/// <summary>Describes how far a model is below the linear baseline fitted to the same texts.</summary>
public static class BaselineComparison
{
    private static readonly (string Split, string Model, string Baseline)[] comparisons =
    [
        ("validation", ModelManifest.ValidationAccuracyName, ModelManifest.BaselineValidationAccuracyName),
        ("test", ModelManifest.TestAccuracyName, ModelManifest.BaselineTestAccuracyName),
    ];

    /// <param name="metrics">Metrics of a model or run; compares validation accuracies or, without them, test accuracies.</param>
    /// <returns>Null if the model is at least as accurate as the baseline, or an accuracy is missing.</returns>
    public static string? DescribeShortfall(IReadOnlyDictionary<string, double> metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        foreach (var (split, model, baseline) in comparisons)
        {
            if (metrics.TryGetValue(model, out var accuracy) && metrics.TryGetValue(baseline, out var bar))
                return accuracy < bar ? $"below the linear baseline: {split} accuracy {accuracy:0.0000} vs. {bar:0.0000}" : null;
        }

        return null;
    }
}
