namespace ImdbPipeline.Learning.Evaluating;

/// <summary>Softmax functions in double precision, safe against overflow.</summary>
internal static class Softmax
{
    /// <param name="logits"><c>[labels]</c></param>
    /// <returns>Index of the largest logit; the first one if tied.</returns>
    public static int ArgMax(float[] logits) => Array.IndexOf(logits, logits.Max());

    /// <param name="logits"><c>[labels]</c></param>
    /// <returns>Probabilities, <c>[labels]</c>.</returns>
    public static double[] Of(float[] logits)
    {
        double max = logits.Max(), sum = 0;
        var probabilities = new double[logits.Length];
        for (var i = 0; i < logits.Length; i++)
            sum += probabilities[i] = Math.Exp(logits[i] - max);
        for (var i = 0; i < logits.Length; i++)
            probabilities[i] /= sum;
        return probabilities;
    }

    public static double LogSumExp(float[] logits)
    {
        double max = logits.Max(), sum = 0;
        foreach (var logit in logits)
            sum += Math.Exp(logit - max);
        return max + Math.Log(sum);
    }
}
