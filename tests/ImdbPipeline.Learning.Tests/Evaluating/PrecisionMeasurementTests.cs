using ImdbPipeline.Learning.Evaluating;

namespace ImdbPipeline.Learning.Tests.Evaluating;

public sealed class PrecisionMeasurementTests
{
    [Fact]
    public void A_split_that_was_scored_completely_has_its_exact_accuracy()
    {
        // Two texts change their label: one becomes wrong, one right.
        var fp32 = new SplitPredictions([[2, 0], [0.1f, 0], [0.1f, 0], [0, 3]], [0, 0, 1, 0], 2);
        float[][] int8 = [[2, 0], [0, 0.1f], [0, 0.1f], [0, 3]];

        Assert.Equal(0.5, PrecisionMeasurement.Estimate(fp32, [0, 1, 2, 3], int8));
    }

    [Fact]
    public void An_empty_split_has_no_accuracy() => Assert.Null(PrecisionMeasurement.Estimate(new SplitPredictions([], [], 2), [], []));

    [Theory]
    [InlineData(0.02)]
    [InlineData(0.2)]
    public void From_a_sample_the_accuracy_of_the_whole_split_is_bounded_in_at_least_nine_of_ten_splits(double noise)
    {
        var random = new Random(5);
        const int Splits = 200, Texts = 5000, Sample = 1000;
        int held = 0, close = 0;
        for (var split = 0; split < Splits; split++)
        {
            // Margins as a trained classifier has them: most are large, errors are more frequent near zero.
            var logits = new float[Texts][];
            var int8 = new float[Texts][];
            var labels = new int[Texts];
            for (var i = 0; i < Texts; i++)
            {
                var margin = (float)(Normal(random) * 3);
                labels[i] = random.NextDouble() < 1 / (1 + Math.Exp(-1.5 * margin)) ? 1 : 0;
                (logits[i], int8[i]) = ([0, margin], [0, (float)(margin + (noise * Normal(random)))]);
            }
            var fp32 = new SplitPredictions(logits, labels, 2);
            var actual = new SplitPredictions(int8, labels, 2).Evaluate()!.Accuracy;
            var bound = PrecisionMeasurement.Estimate(fp32, [.. Enumerable.Range(0, Texts)], int8[..Sample])!.Value;
            held += bound <= actual ? 1 : 0;
            close += bound > actual - 0.01 ? 1 : 0;
        }
        Assert.InRange(held, Splits * 9 / 10, Splits);
        Assert.Equal(Splits, close);
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
