using ImdbPipeline.Core.Training;
using ImdbPipeline.Learning.Checkpoints;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.Tests.Encoders;
using ImdbPipeline.Learning.Training;
using ImdbPipeline.Testing;
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
        using var model = Load(folder, expected.Dropout);
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

        double loss = 0, norm = 0;
        for (var s = 0; s < expected.Steps; s++)
        {
            var batch = Enumerable.Range(0, expected.BatchSize).Select(k => golden.Inputs[(s * expected.BatchSize + k) % golden.Inputs.Length])
                .Select(input => TrainingExample.Labelled(input.Ids, input.Label, model.Config.Labels.Count)).ToArray();
            var learningRate = LearningRateSchedule.At(s, expected.Steps, recipe);
            var outcome = step.Take([new ClassificationBatch(model, batch)], learningRate, dropoutSeed: 0);

            Assert.Equal(expected.LearningRates[s], learningRate);
            loss = Math.Max(loss, AssertRelative(expected.Losses[s], outcome.Loss, $"loss of step {s}"));
            norm = Math.Max(norm, AssertRelative(expected.GradNormsBeforeClip[s], outcome.GradNorm, $"gradient norm of step {s}"));
        }

        var logits = GoldenLogitsTests.AssertClose(expected.LogitsAfter, GoldenLogitsTests.Logits(model, golden.Inputs.Select(i => i.Ids)), 1e-3f);
        Parity.Says($"{Path.GetFileName(folder)}, {expected.Steps} steps, layer-wise decay {expected.LayerwiseLrDecay}: every learning rate equal; largest difference of losses {loss:0.0e0}, of gradient norms {norm:0.0e0} (relative), of logits afterwards {logits:0.0e0}");
    }

    /// <summary>The golden trajectories were made without the dropout that a config may name for others.</summary>
    private static Encoder Load(string folder, double dropout) => EncoderLoader.LoadBase(
        folder, EncoderLoader.ReadConfig(folder) with { Dropout = dropout, AttentionDropout = dropout, ClassifierDropout = dropout }, [], seed: 0).Encoder;

    private static double AssertRelative(double expected, double actual, string what)
    {
        var difference = Math.Abs(expected - actual) / Math.Abs(expected);
        Assert.True(difference <= 1e-4, $"{what}: expected {expected}, found {actual}");
        return difference;
    }
}
