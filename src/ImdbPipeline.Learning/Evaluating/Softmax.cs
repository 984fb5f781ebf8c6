namespace ImdbPipeline.Learning.Evaluating;

/// <summary>Probabilities out of logits, in double precision and without overflow.</summary>
internal static class Softmax
{
    /// <param name="logits"><c>[labels]</c></param>
    /// <returns>The index of the likeliest label, the first of several that are equal.</returns>
    public static int Best(float[] logits) => Array.IndexOf(logits, logits.Max());

    /// <param name="logits"><c>[labels]</c></param>
    /// <returns>The likeliest label's share of the softmax of <c>logits / temperature</c>, 0 to 1.</returns>
    public static double Confidence(float[] logits, double temperature)
    {
        double most = logits.Max(), sum = 0;
        foreach (var logit in logits)
            sum += Math.Exp((logit - most) / temperature);
        return 1 / sum;
    }

    public static double LogSumExp(IEnumerable<float> logits)
    {
        var row = logits.ToArray();
        double most = row.Max();
        return most + Math.Log(row.Sum(logit => Math.Exp(logit - most)));
    }
}
