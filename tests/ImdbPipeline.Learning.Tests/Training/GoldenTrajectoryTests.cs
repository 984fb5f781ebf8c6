using ImdbPipeline.Core.Training;
using ImdbPipeline.Learning.Checkpoints;
using ImdbPipeline.Learning.Tests.Encoders;
using ImdbPipeline.Learning.Training;
using TorchSharp;

namespace ImdbPipeline.Learning.Tests.Training;

[Collection(DropoutTurns.Name)]
public sealed class GoldenTrajectoryTests
{
    [Theory]
    [MemberData(nameof(GoldenSet.Folders), MemberType = typeof(GoldenSet))]
    public void Training_takes_the_expected_steps(string folder)
    {
        var golden = GoldenSet.Read(folder);
        var expected = golden.Training;
        using var model = EncoderLoader.LoadModel(folder).Encoder;
        model.Weights.To(torch.CPU, requiresGradient: true);
        var recipe = new Recipe
        {
            LearningRate = expected.LearningRate,
            WarmupSteps = expected.WarmupSteps,
            LayerwiseLrDecay = expected.LayerwiseLrDecay,
            BatchSize = expected.BatchSize,
            MaxGradNorm = expected.ClipGradNorm,
        };
        using var optimizer = new AdamW(OptimizedParameter.Of(model.Weights, recipe));
        var step = new TrainingStep(model, optimizer, recipe.MaxGradNorm);

        for (var s = 0; s < expected.Steps; s++)
        {
            var batch = Enumerable.Range(0, expected.BatchSize).Select(k => golden.Inputs[(s * expected.BatchSize + k) % golden.Inputs.Length])
                .Select(input => TrainingExample.Labelled(input.Ids, input.Label, 2)).ToArray();
            var learningRate = LearningRateSchedule.At(s, expected.Steps, recipe);
            var outcome = step.Take([new ClassificationBatch(model, batch)], learningRate, dropoutSeed: 0);

            Assert.Equal(expected.LearningRates[s], learningRate);
            AssertRelative(expected.Losses[s], outcome.Loss, $"loss of step {s}");
            AssertRelative(expected.GradNormsBeforeClip[s], outcome.GradNorm, $"gradient norm of step {s}");
        }

        GoldenLogitsTests.AssertClose(expected.LogitsAfter, GoldenLogitsTests.Logits(model, golden.Inputs.Select(i => i.Ids)), 1e-3f);
    }

    private static void AssertRelative(double expected, double actual, string what) =>
        Assert.True(Math.Abs(expected - actual) <= 1e-4 * Math.Abs(expected), $"{what}: expected {expected}, found {actual}");
}
