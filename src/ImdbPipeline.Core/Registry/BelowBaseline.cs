namespace ImdbPipeline.Core.Registry;

/// <summary>Says it where a model is less accurate than the linear model that was fitted to the same reviews.</summary>
public static class BelowBaseline
{
    private static readonly (string Split, string Model, string Baseline)[] comparisons =
    [
        ("validation", ModelManifest.ValidationAccuracyName, ModelManifest.BaselineValidationAccuracyName),
        ("test", ModelManifest.TestAccuracyName, ModelManifest.BaselineTestAccuracyName),
    ];

    /// <param name="metrics">A model's or a run's; the validation accuracies are compared, or those on test where there are none.</param>
    /// <returns>Null where the model is at least as accurate, or nothing was measured.</returns>
    public static string? Of(IReadOnlyDictionary<string, double> metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        foreach (var (split, model, baseline) in comparisons)
        {
            if (metrics.TryGetValue(model, out var found) && metrics.TryGetValue(baseline, out var bar))
                return found < bar ? $"below the linear baseline: {split} accuracy {found:0.0000} against {bar:0.0000}" : null;
        }

        return null;
    }
}
