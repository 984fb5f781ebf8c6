using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Registry;
using ImdbPipeline.Core.Scoring;

namespace ImdbPipeline.Learning.Evaluating;

/// <summary>Decides whether a model may be scored in bf16 or int8, based on the measured loss of validation accuracy.</summary>
public static class PrecisionOffer
{
    /// <summary>Max drop in validation accuracy, as a fraction.</summary>
    public const double MaxDrop = 0.002;

    /// <summary>The name of the metric.</summary>
    public static string AccuracyName(ScoringPrecision precision) => $"{ModelManifest.ValidationAccuracyName}{precision}";

    /// <param name="metrics">Metrics of the published model.</param>
    public static bool IsOffered(ScoringPrecision precision, IReadOnlyDictionary<string, double>? metrics) =>
        precision == ScoringPrecision.Fp32 || Drop(precision, metrics) <= MaxDrop;

    /// <returns>The reduced precisions in which the model may be scored.</returns>
    public static IReadOnlyList<ScoringPrecision> Offered(IReadOnlyDictionary<string, double>? metrics) =>
        [.. new[] { ScoringPrecision.Bf16, ScoringPrecision.Int8 }.Where(precision => IsOffered(precision, metrics))];

    /// <exception cref="InputRejectedException">Accuracy drops by more, or was not measured in this precision.</exception>
    public static void Require(ScoringPrecision precision, string model, IReadOnlyDictionary<string, double>? metrics)
    {
        if (IsOffered(precision, metrics))
            return;
        var name = precision.ToString().ToLowerInvariant();
        throw new InputRejectedException(
            ErrorRules.PrecisionNotOffered, $"model {model}", $"a validation accuracy in {name} at most {MaxDrop * 100:0.0} points below fp32",
            Drop(precision, metrics) is { } drop ? $"one {drop * 100:0.00} points below" : $"no measurement in {name}", "Score with fp32, or retrain the model.");
    }

    private static double? Drop(ScoringPrecision precision, IReadOnlyDictionary<string, double>? metrics) =>
        metrics is not null && metrics.TryGetValue(AccuracyName(precision), out var reduced) && metrics.TryGetValue(ModelManifest.ValidationAccuracyName, out var fp32)
            ? fp32 - reduced
            : null;
}
