namespace ImdbPipeline.Learning.Teaching;

/// <summary>Platt scaling: maps logits to calibrated probabilities (Platt 1999).</summary>
internal readonly record struct PlattScaling(double Slope, double Shift)
{
    private const int Iterations = 30;

    public double Probability(double logit) => 1 / (1 + Math.Exp(-(Slope * logit + Shift)));

    /// <summary>Fits a one-variable logistic regression by Newton's method.</summary>
    /// <param name="logits">Logits of held-out texts.</param>
    public static PlattScaling Fit(IReadOnlyList<double> logits, IReadOnlyList<bool> positive)
    {
        // Ridge regularization keeps the slope finite if the classes are perfectly separable.
        const double Ridge = 1e-2;
        double slope = 1, shift = 0;
        for (var iteration = 0; iteration < Iterations; iteration++)
        {
            double slopeGradient = Ridge * (slope - 1), shiftGradient = Ridge * shift, slope2 = Ridge, shift2 = Ridge, cross = 0;
            for (var i = 0; i < logits.Count; i++)
            {
                var probability = new PlattScaling(slope, shift).Probability(logits[i]);
                var error = probability - (positive[i] ? 1 : 0);
                var weight = probability * (1 - probability);
                slopeGradient += error * logits[i];
                shiftGradient += error;
                slope2 += weight * logits[i] * logits[i];
                shift2 += weight;
                cross += weight * logits[i];
            }

            var determinant = slope2 * shift2 - cross * cross;
            var slopeStep = (shift2 * slopeGradient - cross * shiftGradient) / determinant;
            var shiftStep = (slope2 * shiftGradient - cross * slopeGradient) / determinant;
            if (!double.IsFinite(slopeStep) || !double.IsFinite(shiftStep))
                break;
            slope -= Math.Clamp(slopeStep, -1, 1);
            shift -= Math.Clamp(shiftStep, -1, 1);
        }

        return new PlattScaling(slope, shift);
    }
}
