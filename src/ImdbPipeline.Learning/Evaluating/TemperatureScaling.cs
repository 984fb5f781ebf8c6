using ImdbPipeline.Learning.ModelFolders;

namespace ImdbPipeline.Learning.Evaluating;

/// <summary>
/// Calibrates probabilities by dividing the logits by a temperature (Guo et al. 2017). Changes the confidence, never the predicted label.
/// </summary>
internal static class TemperatureScaling
{
    public const double Min = TrainerState.MinTemperature;
    public const double Max = TrainerState.MaxTemperature;

    /// <summary>Enough bisections to exhaust the precision of a double.</summary>
    private const int Bisections = 60;

    /// <summary>Finds the temperature with the lowest cross-entropy on held-out texts.</summary>
    /// <param name="logits"><c>[texts][labels]</c></param>
    /// <param name="labels"><c>[texts]</c></param>
    /// <returns>From <see cref="Min"/> to <see cref="Max"/>; 1 if there are no texts.</returns>
    public static double Fit(IReadOnlyList<float[]> logits, IReadOnlyList<int> labels)
    {
        if (labels.Count == 0)
            return 1;
        // Cross-entropy is convex in the inverse temperature, so its slope changes sign once.
        double low = 1 / Max, high = 1 / Min;
        for (var i = 0; i < Bisections; i++)
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
    /// Slope of the cross-entropy in the inverse temperature: expected logit under the softmax minus that under the target.
    /// Targets are smoothed (Platt 1999), so that a split without errors does not lead to infinite confidence.
    /// </summary>
    private static double Slope(IReadOnlyList<float[]> logits, IReadOnlyList<int> labels, double inverse)
    {
        double slope = 0;
        for (var i = 0; i < labels.Count; i++)
        {
            var row = logits[i];
            double max = row.Max(), sum = 0, expected = 0, all = 0;
            foreach (var logit in row)
            {
                var weight = Math.Exp((logit - max) * inverse);
                sum += weight;
                expected += weight * logit;
                all += logit;
            }

            slope += expected / sum - (row[labels[i]] * (double)labels.Count + all) / (labels.Count + row.Length);
        }

        return slope;
    }
}
