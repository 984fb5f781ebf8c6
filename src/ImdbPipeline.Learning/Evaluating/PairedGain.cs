using System.Globalization;

namespace ImdbPipeline.Learning.Evaluating;

/// <summary>Compares two predictions of the same texts.</summary>
/// <param name="Before">Null without texts.</param>
/// <param name="After">Null without texts.</param>
internal sealed record PairedGain(Evaluation? Before, Evaluation? After, bool IsSignificant)
{
    private const int MinTexts = 30;

    /// <summary>One-sided 95 % quantile of the normal distribution.</summary>
    private const double Quantile = 1.645;

    /// <summary>
    /// Whether the second predictions are better: they give the true labels a higher probability with 95 % confidence, and are at least
    /// as accurate.
    /// </summary>
    public bool Helps => IsSignificant && After!.Accuracy >= Before!.Accuracy;

    public static PairedGain Of(SplitPredictions before, SplitPredictions after)
    {
        var gains = before.Logits.Select((logits, text) => LogProbability(after.Logits[text], after.Labels[text]) - LogProbability(logits, before.Labels[text])).ToArray();
        return new PairedGain(before.Evaluate(), after.Evaluate(), gains.Length >= MinTexts && IsPositive(gains));
    }

    private static double LogProbability(float[] logits, int label) => logits[label] - Softmax.LogSumExp(logits);

    /// <returns>Whether the mean is positive with 95 % confidence.</returns>
    private static bool IsPositive(double[] values)
    {
        var mean = values.Average();
        var variance = values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1);
        return mean > Quantile * Math.Sqrt(variance / values.Length);
    }

    public override string ToString() => Before is null || After is null
        ? "no validation texts"
        : string.Create(
            CultureInfo.InvariantCulture,
            $"accuracy {After.Accuracy:0.0000} instead of {Before.Accuracy:0.0000} and loss {After.Loss:0.0000} instead of {Before.Loss:0.0000} on {Before.Texts} validation texts{(Before.Texts < MinTexts ? ", too few to tell" : "")}");
}
