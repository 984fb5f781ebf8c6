using System.Globalization;

namespace ImdbPipeline.Learning.Evaluating;

/// <summary>Compares two predictions of the same texts.</summary>
/// <param name="Before">Null without texts.</param>
/// <param name="After">Null without texts.</param>
/// <param name="Significance">Mean gain in the log probability of the true label, in standard errors; infinite or NaN with few texts, if they tell or not.</param>
internal sealed record PairedGain(Evaluation? Before, Evaluation? After, double Significance)
{
    private const int MinTexts = 30;

    /// <summary>With fewer texts, a gain must be this unlikely to be chance: what is compared may have been fitted to the same texts.</summary>
    private const double ObviousChance = 0.001;

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
        return new PairedGain(before.Evaluate(), after.Evaluate(), gains.Length >= MinTexts ? MeanInStandardErrors(gains) : IsObvious(before, after) ? double.PositiveInfinity : double.NaN);
    }

    /// <summary>Whether far more texts became right than wrong, by an exact sign test.</summary>
    private static bool IsObvious(SplitPredictions before, SplitPredictions after)
    {
        var changes = before.Logits.Select((logits, text) => IsRight(after.Logits[text], after.Labels[text]) - IsRight(logits, before.Labels[text])).ToArray();
        int won = changes.Count(change => change > 0), changed = changes.Count(change => change != 0);
        var chance = 0.0;
        var outcomes = 1.0;
        for (var right = changed; right >= won; outcomes = outcomes * right / (changed - right + 1), right--)
            chance += outcomes * Math.Pow(0.5, changed);
        return changed > 0 && chance < ObviousChance;

        static int IsRight(float[] logits, int label) => Softmax.ArgMax(logits) == label ? 1 : 0;
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
            $"accuracy {After.Accuracy:0.0000} instead of {Before.Accuracy:0.0000} and loss {After.Loss:0.0000} instead of {Before.Loss:0.0000} on {Before.Texts} validation texts{(double.IsNaN(Significance) ? ", too few to tell" : "")}");
}
