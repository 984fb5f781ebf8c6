namespace ImdbPipeline.Learning.Evaluating;

/// <summary>
/// The expected calibration error (Guo et al. 2017): by how much the probability of the predicted label differs from the
/// share that is right, averaged over 15 equally wide bins of that probability, weighted by their reviews.
/// </summary>
internal static class CalibrationError
{
    private const int Bins = 15;

    /// <param name="confidences"><c>[reviews]</c>: the predicted label's probability, 0 to 1.</param>
    /// <param name="right"><c>[reviews]</c>: whether the prediction was right.</param>
    /// <returns>0 to 1.</returns>
    public static double Of(IReadOnlyList<double> confidences, IReadOnlyList<bool> right)
    {
        // A bin's reviews times its gap is the difference of these two sums.
        var gaps = new double[Bins];
        for (var i = 0; i < confidences.Count; i++)
            gaps[Bin(confidences[i])] += confidences[i] - (right[i] ? 1 : 0);
        return gaps.Sum(Math.Abs) / confidences.Count;
    }

    /// <summary>Each bin holds its upper end, not its lower.</summary>
    private static int Bin(double confidence) => Math.Clamp((int)Math.Ceiling(confidence * Bins) - 1, 0, Bins - 1);
}
