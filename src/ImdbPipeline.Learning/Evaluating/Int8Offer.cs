using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Registry;

namespace ImdbPipeline.Learning.Evaluating;

/// <summary>Whether a model may be scored with 8-bit integers: only where it was measured that they cost next to no accuracy.</summary>
public static class Int8Offer
{
    public const string AccuracyName = "validationAccuracyInt8";

    /// <summary>Of the validation accuracy, 0 to 1.</summary>
    public const double MostDrop = 0.002;

    /// <param name="metrics">The model's, as measured when it was published.</param>
    public static bool IsMade(IReadOnlyDictionary<string, double>? metrics) => Drop(metrics) <= MostDrop;

    /// <exception cref="InputRejectedException">The accuracy drops by more, or was never measured.</exception>
    public static void Require(string model, IReadOnlyDictionary<string, double>? metrics)
    {
        if (IsMade(metrics))
            return;
        throw new InputRejectedException(
            "int8-not-offered", $"model {model}", $"a validation accuracy that int8 lowers by at most {MostDrop * 100:0.0} points",
            Drop(metrics) is { } drop ? $"one that it lowers by {drop * 100:0.00} points" : "none measured with int8", "Score with fp32, or train the model again.");
    }

    private static double? Drop(IReadOnlyDictionary<string, double>? metrics) =>
        metrics is not null && metrics.TryGetValue(AccuracyName, out var int8) && metrics.TryGetValue(ModelManifest.ValidationAccuracyName, out var fp32) ? fp32 - int8 : null;
}
