namespace ImdbPipeline.Learning.ScratchMini;

/// <summary>Turns a classifier's logits into probabilities that hold on reviews it has not seen (Platt 1999).</summary>
internal readonly record struct Calibration(double Slope, double Shift)
{
    private const int Iterations = 30;

    public double Probability(double logit) => 1 / (1 + Math.Exp(-(Slope * logit + Shift)));

    /// <summary>A logistic regression of one variable by Newton's method.</summary>
    /// <param name="heldOut">Logits of reviews by classifiers that were not fitted to them.</param>
    public static Calibration Fit(IReadOnlyList<double> heldOut, IReadOnlyList<bool> positive)
    {
        // A little ridge keeps the slope finite where the classes are told apart without error.
        const double Ridge = 1e-2;
        double slope = 1, shift = 0;
        for (var iteration = 0; iteration < Iterations; iteration++)
        {
            double slopeGradient = Ridge * (slope - 1), shiftGradient = Ridge * shift, slope2 = Ridge, shift2 = Ridge, both = 0;
            for (var i = 0; i < heldOut.Count; i++)
            {
                var probability = new Calibration(slope, shift).Probability(heldOut[i]);
                var error = probability - (positive[i] ? 1 : 0);
                var weight = probability * (1 - probability);
                slopeGradient += error * heldOut[i];
                shiftGradient += error;
                slope2 += weight * heldOut[i] * heldOut[i];
                shift2 += weight;
                both += weight * heldOut[i];
            }

            var determinant = slope2 * shift2 - both * both;
            var slopeStep = (shift2 * slopeGradient - both * shiftGradient) / determinant;
            var shiftStep = (slope2 * shiftGradient - both * slopeGradient) / determinant;
            if (!double.IsFinite(slopeStep) || !double.IsFinite(shiftStep))
                break;
            slope -= Math.Clamp(slopeStep, -1, 1);
            shift -= Math.Clamp(shiftStep, -1, 1);
        }

        return new Calibration(slope, shift);
    }
}
