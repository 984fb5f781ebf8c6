using System.Globalization;

namespace ImdbPipeline.Learning.Evaluating;

/// <summary>Compares two predictions of the same texts.</summary>
/// <param name="Before">Null without texts.</param>
/// <param name="After">Null without texts.</param>
/// <param name="Significance">Mean gain in the log probability of the true label, in standard errors; NaN with too few texts to tell.</param>
internal sealed record PairedGain(Evaluation? Before, Evaluation? After, double Significance)
{
    private const int MinTexts = 30;

    /// <summary>One-sided 95 % quantile of the normal distribution.</summary>
    private const double Quantile = 1.645;

    /// <summary>
    /// Whether the second predictions are certainly better: they give the true labels a higher probability with 95 % confidence, and are at
    /// least as accurate.
    /// </summary>
    public bool Helps => Significance > Quantile && After!.Accuracy >= Before!.Accuracy;

    /// <summary>
    /// Whether the second predictions are the better choice: they help, or they are more accurate and do not give the true labels a lower probability
    /// with 95 % confidence.
    /// </summary>
    public bool Improves => Helps || (Significance > -Quantile && After!.Accuracy > Before!.Accuracy);

    public static PairedGain Of(SplitPredictions before, SplitPredictions after)
    {
        var gains = before.Logits.Select((logits, text) => LogProbability(after.Logits[text], after.Labels[text]) - LogProbability(logits, before.Labels[text])).ToArray();
        return new PairedGain(before.Evaluate(), after.Evaluate(), gains.Length >= MinTexts ? MeanInStandardErrors(gains) : double.NaN);
    }

    private static double LogProbability(float[] logits, int label) => logits[label] - Softmax.LogSumExp(logits);

    private static double MeanInStandardErrors(double[] values)
    {
        var mean = values.Average();
        var variance = values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1);
        return mean == 0 ? 0 : mean / Math.Sqrt(variance / values.Length);
    }

    public override string ToString() => Before is null || After is null
        ? "no validation texts"
        : string.Create(
            CultureInfo.InvariantCulture,
            $"accuracy {After.Accuracy:0.0000} instead of {Before.Accuracy:0.0000} and loss {After.Loss:0.0000} instead of {Before.Loss:0.0000} on {Before.Texts} validation texts{(Before.Texts < MinTexts ? ", too few to tell" : "")}");
}
