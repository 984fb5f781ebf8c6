namespace ImdbPipeline.Learning.Evaluating;

/// <summary>Softmax functions in double precision, safe against overflow.</summary>
internal static class Softmax
{
    /// <param name="logits"><c>[labels]</c></param>
    /// <returns>Index of the largest logit; the first one if tied.</returns>
    public static int ArgMax(float[] logits) => Array.IndexOf(logits, logits.Max());

    /// <param name="logits"><c>[labels]</c></param>
    /// <returns>Largest probability in the softmax of <c>logits / temperature</c>, 0 to 1.</returns>
    public static double Confidence(float[] logits, double temperature)
    {
        double max = logits.Max(), sum = 0;
        foreach (var logit in logits)
            sum += Math.Exp((logit - max) / temperature);
        return 1 / sum;
    }

    public static double LogSumExp(IEnumerable<float> logits)
    {
        var row = logits.ToArray();
        double max = row.Max();
        return max + Math.Log(row.Sum(logit => Math.Exp(logit - max)));
    }
}
