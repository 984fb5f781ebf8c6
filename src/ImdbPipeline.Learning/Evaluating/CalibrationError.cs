namespace ImdbPipeline.Learning.Evaluating;

/// <summary>
/// Expected calibration error (Guo et al. 2017): the difference between confidence and accuracy, averaged over 15 equal-width
/// confidence bins weighted by their number of texts.
/// </summary>
internal static class CalibrationError
{
    private const int Bins = 15;

    /// <param name="confidences"><c>[texts]</c>: probability of the predicted label, 0 to 1.</param>
    /// <param name="correct"><c>[texts]</c>: whether the prediction is correct.</param>
    /// <returns>0 to 1.</returns>
    public static double Of(IReadOnlyList<double> confidences, IReadOnlyList<bool> correct)
    {
        // A bin's gap times its number of texts equals the difference of these two sums.
        var gaps = new double[Bins];
        for (var i = 0; i < confidences.Count; i++)
            gaps[Bin(confidences[i])] += confidences[i] - (correct[i] ? 1 : 0);
        return gaps.Sum(Math.Abs) / confidences.Count;
    }

    /// <summary>Bins include their upper bound, not their lower.</summary>
    private static int Bin(double confidence) => Math.Clamp((int)Math.Ceiling(confidence * Bins) - 1, 0, Bins - 1);
}
