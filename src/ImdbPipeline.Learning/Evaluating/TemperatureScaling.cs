namespace ImdbPipeline.Learning.Evaluating;

/// <summary>
/// One number that the logits are divided by, so that probabilities hold what they promise (Guo et al. 2017). It changes
/// how sure a model says it is, never what it predicts.
/// </summary>
internal static class TemperatureScaling
{
    public const double Least = 0.05;
    public const double Most = 20;

    /// <summary>Halves the interval until it is as narrow as a double tells apart.</summary>
    private const int Halvings = 60;

    /// <summary>The temperature of the least cross-entropy on reviews the model was not trained on.</summary>
    /// <param name="logits"><c>[reviews][labels]</c></param>
    /// <param name="labels"><c>[reviews]</c></param>
    /// <returns>From <see cref="Least"/> to <see cref="Most"/>; 1 where there are no reviews.</returns>
    public static double Fit(IReadOnlyList<float[]> logits, IReadOnlyList<int> labels)
    {
        if (labels.Count == 0)
            return 1;
        // The cross-entropy is convex in the inverse temperature: its slope changes sign once.
        double low = 1 / Most, high = 1 / Least;
        for (var i = 0; i < Halvings; i++)
        {
            var middle = Math.Sqrt(low * high);
            if (Slope(logits, labels, middle) < 0)
                low = middle;
            else
                high = middle;
        }

        return 1 / Math.Sqrt(low * high);
    }

    /// <summary>
    /// The cross-entropy's slope in the inverse temperature: the logit expected under the softmax less that under the target.
    /// As if every review had been seen once more with each label (as Platt 1999 does), so that a split without a mistake
    /// does not make the model infinitely sure.
    /// </summary>
    private static double Slope(IReadOnlyList<float[]> logits, IReadOnlyList<int> labels, double inverse)
    {
        double slope = 0;
        for (var i = 0; i < labels.Count; i++)
        {
            var row = logits[i];
            double most = row.Max(), sum = 0, expected = 0, all = 0;
            foreach (var logit in row)
            {
                var weight = Math.Exp((logit - most) * inverse);
                sum += weight;
                expected += weight * logit;
                all += logit;
            }

            slope += expected / sum - (row[labels[i]] * (double)labels.Count + all) / (labels.Count + row.Length);
        }

        return slope;
    }
}
