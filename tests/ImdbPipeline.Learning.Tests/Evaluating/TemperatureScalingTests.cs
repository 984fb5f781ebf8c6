using ImdbPipeline.Learning.Evaluating;

namespace ImdbPipeline.Learning.Tests.Evaluating;

public sealed class TemperatureScalingTests
{
    [Theory]
    [InlineData(3, 2)]
    [InlineData(0.5, 2)]
    [InlineData(3, 4)]
    public void The_temperature_is_the_factor_by_which_calibrated_logits_were_multiplied(double factor, int labelCount)
    {
        var (logits, labels) = Calibrated(20_000, labelCount);
        float[][] scaled = [.. logits.Select(row => Array.ConvertAll(row, logit => (float)(logit * factor)))];

        var temperature = TemperatureScaling.Fit(scaled, labels);

        Assert.Equal(factor, temperature, factor * 0.05);
        var before = Evaluation.Of(scaled, labels, labelCount);
        var after = Evaluation.Of([.. scaled.Select(row => Array.ConvertAll(row, logit => (float)(logit / temperature)))], labels, labelCount);
        Assert.True(after.CalibrationError < before.CalibrationError / 3, $"{before.CalibrationError} before, {after.CalibrationError} after");
        Assert.Equal(before.Accuracy, after.Accuracy);
        Assert.True(after.Loss < before.Loss);
    }

    [Fact]
    public void Sixty_correct_texts_allow_a_confidence_of_at_most_61_in_62()
    {
        float[][] logits = [.. Enumerable.Range(0, 60).Select(i => i % 2 == 0 ? new float[] { 3, 0 } : [0, 3])];
        int[] labels = [.. Enumerable.Range(0, 60).Select(i => i % 2)];

        Assert.Equal(61.0 / 62, Softmax.Of([(float)(3 / TemperatureScaling.Fit(logits, labels)), 0])[0], 1e-7);
    }

    [Fact]
    public void A_model_that_is_always_wrong_gets_the_max_temperature() =>
        Assert.Equal(TemperatureScaling.Max, TemperatureScaling.Fit([[3, 0], [0, 3]], [1, 0]), 1e-9);

    [Fact]
    public void The_temperature_is_1_without_texts() => Assert.Equal(1, TemperatureScaling.Fit([], []));

    /// <summary>Random logits with labels sampled from their softmax.</summary>
    private static (float[][] Logits, int[] Labels) Calibrated(int texts, int labelCount)
    {
        var random = new Random(7);
        float[][] logits = [.. Enumerable.Range(0, texts).Select(_ => Enumerable.Range(0, labelCount).Select(_ => (float)(4 * random.NextDouble() - 2)).ToArray())];
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
