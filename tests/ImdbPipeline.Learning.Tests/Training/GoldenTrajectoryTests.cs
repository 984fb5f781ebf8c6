using ImdbPipeline.Learning.Tests.Encoders;
using ImdbPipeline.Learning.Training;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Learning.Tests.Training;

[Collection(TorchRandomState.Name)]
public sealed class GoldenTrajectoryTests
{
    [Theory]
    [MemberData(nameof(GoldenSet.Folders), MemberType = typeof(GoldenSet))]
    public void Losses_gradient_norms_and_final_logits_match_the_reference(string folder)
    {
        var golden = GoldenSet.Read(folder);
        var expected = golden.Training;
        using var model = golden.LoadToTrain();
        using var optimizer = new AdamW(OptimizedParameter.Of(model.Weights, expected.Recipe));
        var step = new TrainingStep(model, optimizer, expected.ClipGradNorm);

        double loss = 0, norm = 0;
        for (var s = 0; s < expected.Steps; s++)
        {
            var learningRate = LearningRateSchedule.At(s, expected.Steps, expected.Recipe);
            var outcome = step.Take([golden.Batch(model, s)], learningRate, dropoutSeed: 0);

            Assert.Equal(expected.LearningRates[s], learningRate);
            loss = Math.Max(loss, AssertRelative(expected.Losses[s], outcome.Loss, $"loss of step {s}"));
            norm = Math.Max(norm, AssertRelative(expected.GradNormsBeforeClip[s], outcome.GradNorm, $"gradient norm of step {s}"));
        }

        var logits = GoldenLogitsTests.AssertClose(expected.LogitsAfter, GoldenLogitsTests.Logits(model, golden.Inputs.Select(i => i.Ids)), 1e-3f);
        ReportedFigures.Report($"{Path.GetFileName(folder)}, {expected.Steps} steps, layer-wise decay {expected.LayerwiseLrDecay}: all learning rates equal; largest difference of losses {loss:0.0e0}, of gradient norms {norm:0.0e0} (relative), of final logits {logits:0.0e0}");
    }

    private static double AssertRelative(double expected, double actual, string what)
    {
        var difference = Math.Abs(expected - actual) / Math.Abs(expected);
        Assert.True(difference <= 1e-4, $"{what}: expected {expected}, found {actual}");
        return difference;
    }
}
