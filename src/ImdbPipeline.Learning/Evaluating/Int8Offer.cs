using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Registry;

namespace ImdbPipeline.Learning.Evaluating;

/// <summary>Decides whether a model may be scored with int8, based on the measured loss of validation accuracy.</summary>
public static class Int8Offer
{
    public const string AccuracyName = "validationAccuracyInt8";

    /// <summary>Max drop in validation accuracy, as a fraction.</summary>
    public const double MaxDrop = 0.002;

    /// <param name="metrics">Metrics of the published model.</param>
    public static bool IsOffered(IReadOnlyDictionary<string, double>? metrics) => Drop(metrics) <= MaxDrop;

    /// <exception cref="InputRejectedException">Accuracy drops by more, or int8 accuracy was not measured.</exception>
    public static void Require(string model, IReadOnlyDictionary<string, double>? metrics)
    {
        if (IsOffered(metrics))
            return;
        throw new InputRejectedException(
            ErrorRules.Int8NotOffered, $"model {model}", $"an int8 validation accuracy at most {MaxDrop * 100:0.0} points below fp32",
            Drop(metrics) is { } drop ? $"one {drop * 100:0.00} points below" : "no int8 measurement", "Score with fp32, or retrain the model.");
    }

    private static double? Drop(IReadOnlyDictionary<string, double>? metrics) =>
        metrics is not null && metrics.TryGetValue(AccuracyName, out var int8) && metrics.TryGetValue(ModelManifest.ValidationAccuracyName, out var fp32) ? fp32 - int8 : null;
}
