using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Learning.Data;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.Foundation;
using ImdbPipeline.Learning.Inferring;
using TorchSharp;

namespace ImdbPipeline.Learning.Evaluating;

/// <summary>Measures the validation accuracy in bf16 and int8, on a random sample and in bounded time.</summary>
internal static class PrecisionMeasurement
{
    public const int MaxTexts = 1000;

    private const int MinTexts = 100, TextsPerStep = 100;

    /// <summary>One-sided 95 % quantile of the normal distribution.</summary>
    private const double Quantile = 1.645;

    private static readonly TimeSpan maxTime = TimeSpan.FromMinutes(1);

    /// <param name="fp32">The validation split, or the evaluated part of it, scored in fp32.</param>
    /// <param name="serve">The logits that scoring uses, from the encoder's and a text's position in the split.</param>
    /// <returns>The accuracy in each precision that this machine computes in hardware and fast enough to be measured.</returns>
    public static IReadOnlyDictionary<ScoringPrecision, double> Accuracies(
        TrainableEncoder encoder, LabelledTokens validation, SplitPredictions fp32, Func<float[], int, float[]> serve, int seed, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        ScoringPrecision[] precisions = Processor.HasBf16 || encoder.Device.type != DeviceType.CPU ? [ScoringPrecision.Bf16, ScoringPrecision.Int8] : [ScoringPrecision.Int8];
        var accuracies = new Dictionary<ScoringPrecision, double>();
        foreach (var precision in precisions)
            if (Accuracy(encoder, validation, fp32, serve, precision, seed, timeProvider, cancellationToken) is { } accuracy)
                accuracies[precision] = accuracy;
        return accuracies;
    }

    /// <returns>
    /// The accuracy on the whole split; if only a sample could be scored, a lower bound that holds with 95 % confidence. Null if too
    /// few texts could be scored.
    /// </returns>
    private static double? Accuracy(
        TrainableEncoder encoder, LabelledTokens validation, SplitPredictions fp32, Func<float[], int, float[]> serve, ScoringPrecision precision, int seed, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        var order = Enumerable.Range(0, fp32.Labels.Count).ToArray();
        Seeds.Random(seed, "int8 sample").Shuffle(order);
        var sample = order.AsSpan(0, Math.Min(MaxTexts, order.Length)).ToArray();
        using var scoring = Inference.Prepare(encoder.Weights, precision);
        var logits = new List<float[]>(sample.Length);
        var start = timeProvider.GetTimestamp();
        foreach (var step in sample.Chunk(TextsPerStep))
        {
            if (timeProvider.GetElapsedTime(start) > maxTime)
                break;
            int[] positions = [.. step.Select(fp32.PositionOf)];
            var reduced = Inference.Logits(scoring, [.. positions.Select(position => validation.TokenIds[position])], TextsPerStep, progress: null, cancellationToken);
            logits.AddRange(reduced.Zip(positions, serve));
        }
        return logits.Count < Math.Min(MinTexts, order.Length) ? null : Estimate(fp32, order, logits);
    }

    /// <param name="order">Indices of all texts, those scored in reduced precision first.</param>
    /// <param name="reduced"><c>[scored texts][labels]</c></param>
    internal static double? Estimate(SplitPredictions fp32, IReadOnlyList<int> order, IReadOnlyList<float[]> reduced)
    {
        if (order.Count == 0)
            return null;
        var correct = order.Count(i => Softmax.ArgMax(fp32.Logits[i]) == fp32.Labels[i]);
        var lost = 0;
        var shifts = new double[reduced.Count];
        for (var k = 0; k < reduced.Count; k++)
        {
            var (label, predicted) = (fp32.Labels[order[k]], Softmax.ArgMax(fp32.Logits[order[k]]));
            lost += (predicted == label ? 1 : 0) - (Softmax.ArgMax(reduced[k]) == label ? 1 : 0);
            shifts[k] = Margin(fp32.Logits[order[k]], predicted) - Margin(reduced[k], predicted);
        }

        // Every other text changes its label if the precision shifts its margin by more than the margin, as it did with those scored.
        Array.Sort(shifts);
        var (mean, deviation) = (shifts.Average(), Math.Sqrt(shifts.Select(shift => shift * shift).Average()));
        double expected = 0, variance = 0;
        foreach (var i in order.Skip(reduced.Count))
        {
            var predicted = Softmax.ArgMax(fp32.Logits[i]);
            var chance = Chance(Margin(fp32.Logits[i], predicted));
            if (predicted == fp32.Labels[i])
                expected += chance;
            else if (RunnerUp(fp32.Logits[i], predicted) == fp32.Labels[i])
                expected -= chance;
            variance += chance * (1 - chance);
        }
        return (correct - lost - expected - (Quantile * Math.Sqrt(variance))) / order.Count;

        // The larger of the observed share and that of a normal distribution, which also covers margins beyond all observed shifts.
        double Chance(double margin)
        {
            var place = Array.BinarySearch(shifts, margin);
            var above = shifts.Length - (place < 0 ? ~place : place);
            return Math.Max((double)above / shifts.Length, deviation == 0 ? 0 : NormalTail((margin - mean) / deviation));
        }
    }

    private static double Margin(float[] logits, int label) => logits[label] - logits[RunnerUp(logits, label)];

    private static int RunnerUp(float[] logits, int label) =>
        Enumerable.Range(0, logits.Length).Where(i => i != label).MaxBy(i => logits[i]);

    /// <summary>Upper bound of the standard normal distribution's tail, exact enough for rare events.</summary>
    private static double NormalTail(double z) => z <= 0 ? 0.5 : Math.Min(0.5, Math.Exp(-z * z / 2) / (z * Math.Sqrt(2 * Math.PI)));
}
