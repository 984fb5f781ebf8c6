using ImdbPipeline.Learning.Data;
using ImdbPipeline.Learning.Ngrams;

namespace ImdbPipeline.Learning.Evaluating;

/// <summary>A blend whose weights are fitted on one half of the validation texts and which is compared with the encoder alone on the other.</summary>
/// <param name="Judged">The blend's predictions for the half that judges.</param>
/// <param name="Gain">Over the encoder alone, on the half that judges.</param>
internal sealed record Blending(NgramBlend Blend, SplitPredictions Judged, PairedGain Gain)
{
    private const int Iterations = 50;

    /// <param name="encoder">The encoder's calibrated predictions for the validation split.</param>
    /// <param name="ngrams">The n-gram model's predictions for the whole validation split.</param>
    public static Blending Of(NgramModel model, byte[] vocabulary, SplitPredictions encoder, SplitPredictions ngrams, ValidationHalves halves)
    {
        var (encoderWeight, ngramWeight) = Weights(encoder.At(halves.Fit), ngrams);
        var blend = new NgramBlend(model, vocabulary, (float)encoderWeight, (float)ngramWeight);
        var alone = encoder.At(halves.Judge);
        var blended = alone.Select((logits, position) => blend.Apply(logits, ngrams.Logits[position]));
        return new Blending(blend, blended, PairedGain.Of(alone, blended));
    }

    /// <summary>
    /// Logistic regression on the two models' logits by Newton's method, with a weak prior for the encoder alone. Targets are smoothed as for the
    /// temperature; otherwise the blend would gain by being more confident alone.
    /// </summary>
    private static (double Encoder, double Ngrams) Weights(SplitPredictions encoder, SplitPredictions ngrams)
    {
        const double Prior = 1;
        var (a, b) = (1.0, 0.0);
        for (var iteration = 0; iteration < Iterations; iteration++)
        {
            double slopeA = Prior * (a - 1), slopeB = Prior * b, aa = Prior, bb = Prior, ab = 0;
            for (var text = 0; text < encoder.Labels.Count; text++)
            {
                var (e, n, label) = (encoder.Logits[text], ngrams.Logits[encoder.PositionOf(text)], encoder.Labels[text]);
                var probabilities = Softmax.Of([.. e.Zip(n, (x, y) => (float)(a * x + b * y))]);
                double meanE = 0, meanN = 0, squareE = 0, squareN = 0, cross = 0;
                for (var k = 0; k < e.Length; k++)
                {
                    meanE += probabilities[k] * e[k];
                    meanN += probabilities[k] * n[k];
                    squareE += probabilities[k] * e[k] * e[k];
                    squareN += probabilities[k] * n[k] * n[k];
                    cross += probabilities[k] * e[k] * n[k];
                }

                slopeA += meanE - Smoothed(e, label);
                slopeB += meanN - Smoothed(n, label);
                aa += squareE - (meanE * meanE);
                bb += squareN - (meanN * meanN);
                ab += cross - (meanE * meanN);
            }

            var determinant = (aa * bb) - (ab * ab);
            var (stepA, stepB) = (((bb * slopeA) - (ab * slopeB)) / determinant, ((aa * slopeB) - (ab * slopeA)) / determinant);
            // Steps are limited: far from the solution the curvature is small.
            (a, b) = (Math.Max(0, a - Math.Clamp(stepA, -0.5, 0.5)), Math.Max(0, b - Math.Clamp(stepB, -0.5, 0.5)));
        }

        return (a, b);

        double Smoothed(float[] logits, int label) => ((logits[label] * (double)encoder.Labels.Count) + logits.Sum()) / (encoder.Labels.Count + logits.Length);
    }
}
