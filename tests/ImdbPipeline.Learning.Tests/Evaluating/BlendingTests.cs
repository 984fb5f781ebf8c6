using ImdbPipeline.Learning.Data;
using ImdbPipeline.Learning.Evaluating;
using ImdbPipeline.Learning.Ngrams;

namespace ImdbPipeline.Learning.Tests.Evaluating;

public sealed class BlendingTests
{
    private static readonly NgramModel model = new(new NgramIndex([]), [new NgramClassifier([], 0)]);

    [Fact]
    public void Two_models_with_independent_errors_are_blended_with_their_true_weights()
    {
        var (encoder, ngrams, halves) = Predictions(2_000, ngramSignal: 2);

        var blending = Blending.Of(model, [], encoder, ngrams, halves);

        Assert.True(blending.Gain.Helps);
        Assert.Equal(1, blending.Blend.EncoderWeight, 0.2f);
        Assert.Equal(1, blending.Blend.NgramWeight, 0.2f);
        Assert.Equal(halves.Judge, Enumerable.Range(0, blending.Judged.Labels.Count).Select(blending.Judged.PositionOf));
        Assert.Equal(blending.Gain.After!.Loss, blending.Judged.Evaluate()!.Loss);
    }

    [Fact]
    public void Logits_without_information_do_not_help()
    {
        var (encoder, ngrams, halves) = Predictions(2_000, ngramSignal: 0);

        Assert.False(Blending.Of(model, [], encoder, ngrams, halves).Gain.Helps);
    }

    [Fact]
    public void Confidence_alone_is_no_gain()
    {
        // The encoder is always right, and calibrated as cautiously as its few texts allow.
        int[] labels = [.. Enumerable.Range(0, 60).Select(i => i % 2)];
        var right = new SplitPredictions([.. labels.Select(label => label == 0 ? new float[] { 3, 0 } : [0, 3])], labels, 2);
        var encoder = right.DividedBy(TemperatureScaling.Fit(right.Logits, labels));
        var tokens = new LabelledTokens([.. labels.Select(_ => new[] { 1, 2 })], labels, []);

        var blending = Blending.Of(model, [], encoder, new SplitPredictions([.. labels.Select(_ => new float[2])], labels, 2), ValidationHalves.Of(tokens));

        Assert.Equal((1f, 0f), (MathF.Round(blending.Blend.EncoderWeight, 2), blending.Blend.NgramWeight));
        Assert.Equal(blending.Gain.Before!.Loss, blending.Gain.After!.Loss, 1e-4);
    }

    [Fact]
    public void Too_few_texts_to_judge_are_no_reason_to_blend()
    {
        var (encoder, ngrams, halves) = Predictions(20, ngramSignal: 50);

        Assert.False(Blending.Of(model, [], encoder, ngrams, halves).Gain.Helps);
    }

    [Fact]
    public void Without_validation_texts_the_blend_is_the_encoder_alone()
    {
        var none = new SplitPredictions([], [], 2);

        var blending = Blending.Of(model, [], none, none, ValidationHalves.Of(LabelledTokens.None));

        Assert.False(blending.Gain.Helps);
        Assert.Equal([3f, 4f], blending.Blend.Apply([3, 4], [10, 20]));
    }

    /// <summary>Each model's logit is normally distributed around plus or minus its signal, with the variance at which it is calibrated.</summary>
    private static (SplitPredictions Encoder, SplitPredictions Ngrams, ValidationHalves Halves) Predictions(int texts, double ngramSignal)
    {
        var random = new Random(5);
        int[] labels = [.. Enumerable.Range(0, texts).Select(_ => random.Next(2))];
        var tokens = new LabelledTokens([.. labels.Select(_ => new[] { 1, 2 })], labels, []) { Hashes = [.. labels.Select((_, i) => (ulong)i)] };
        return (Logits(4), Logits(ngramSignal), ValidationHalves.Of(tokens));

        SplitPredictions Logits(double signal) => new([.. labels.Select(label => new[] { 0, (float)(((label == 1 ? 1 : -1) * signal / 2) + (Math.Sqrt(Math.Max(signal, 1)) * Normal())) })], labels, 2);

        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
    }
}
