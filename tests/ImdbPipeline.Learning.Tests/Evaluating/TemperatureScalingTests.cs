using ImdbPipeline.Learning.Evaluating;

namespace ImdbPipeline.Learning.Tests.Evaluating;

public sealed class TemperatureScalingTests
{
    [Theory]
    [InlineData(3, 2)]
    [InlineData(0.5, 2)]
    [InlineData(3, 4)]
    public void Logits_multiplied_by_a_factor_have_that_factor_as_temperature(double factor, int labelCount)
    {
        var (logits, labels) = Calibrated(20_000, labelCount);
        float[][] scaled = [.. logits.Select(row => Array.ConvertAll(row, logit => (float)(logit * factor)))];

        var temperature = TemperatureScaling.Fit(scaled, labels);

        Assert.Equal(factor, temperature, factor * 0.05);
        var before = Evaluation.Of(scaled, labels, labelCount);
        var after = Evaluation.Of(scaled, labels, labelCount, temperature);
        Assert.True(after.CalibrationError < before.CalibrationError / 3, $"{before.CalibrationError} became {after.CalibrationError}");
        Assert.Equal((before.Accuracy, before.Loss, before.RocAuc), (after.Accuracy, after.Loss, after.RocAuc));
    }

    [Fact]
    public void Sixty_reviews_without_a_mistake_are_no_proof_of_more_than_61_in_62()
    {
        float[][] logits = [.. Enumerable.Range(0, 60).Select(i => i % 2 == 0 ? new float[] { 3, 0 } : [0, 3])];
        int[] labels = [.. Enumerable.Range(0, 60).Select(i => i % 2)];

        Assert.Equal(61.0 / 62, Softmax.Confidence([3, 0], TemperatureScaling.Fit(logits, labels)), 1e-9);
    }

    [Fact]
    public void A_model_that_is_always_wrong_is_as_unsure_as_the_bounds_allow() =>
        Assert.Equal(TemperatureScaling.Most, TemperatureScaling.Fit([[3, 0], [0, 3]], [1, 0]), 1e-9);

    [Fact]
    public void Without_reviews_there_is_nothing_to_correct() => Assert.Equal(1, TemperatureScaling.Fit([], []));

    /// <summary>Labels drawn from the very probabilities that the logits say.</summary>
    private static (float[][] Logits, int[] Labels) Calibrated(int reviews, int labelCount)
    {
        var random = new Random(7);
        float[][] logits = [.. Enumerable.Range(0, reviews).Select(_ => Enumerable.Range(0, labelCount).Select(_ => (float)(4 * random.NextDouble() - 2)).ToArray())];
        int[] labels = [.. logits.Select(row =>
        {
            var drawn = random.NextDouble() * row.Sum(logit => Math.Exp(logit));
            var label = 0;
            while (label < row.Length - 1 && (drawn -= Math.Exp(row[label])) > 0)
                label++;
            return label;
        })];
        return (logits, labels);
    }
}
