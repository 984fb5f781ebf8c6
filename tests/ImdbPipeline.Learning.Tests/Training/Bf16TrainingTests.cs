using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.FineTuning;
using ImdbPipeline.Learning.ModelFolders;
using ImdbPipeline.Learning.Training;
using ImdbPipeline.Testing;
using ImdbPipeline.Testing.Datasets;

namespace ImdbPipeline.Learning.Tests.Training;

[Collection(TorchRandomState.Name)]
public sealed class Bf16TrainingTests
{
    private const int FirstSteps = 8;

    [Theory]
    [MemberData(nameof(GoldenSet.Folders), MemberType = typeof(GoldenSet))]
    public void The_losses_of_the_first_steps_are_close_to_float32(string folder)
    {
        var golden = GoldenSet.Read(folder);
        var expected = golden.Training;
        using var model = golden.LoadToTrain();
        model.Precision = TrainingPrecision.Bf16;
        using var optimizer = new AdamW(OptimizedParameter.Of(model.Weights, expected.Recipe));
        var step = new TrainingStep(model, optimizer, expected.ClipGradNorm);

        double largest = 0;
        for (var s = 0; s < Math.Min(FirstSteps, expected.Steps); s++)
        {
            var outcome = step.Take([golden.Batch(model, s)], LearningRateSchedule.At(s, expected.Steps, expected.Recipe), dropoutSeed: 0);

            var difference = Math.Abs(expected.Losses[s] - outcome.Loss) / expected.Losses[s];
            Assert.True(difference <= 0.03, $"loss of step {s}: expected {expected.Losses[s]}, found {outcome.Loss}");
            largest = Math.Max(largest, difference);
        }

        ReportedFigures.Report($"{Path.GetFileName(folder)}: bf16 losses of the first steps differ by at most {largest:0.0000} (relative)");
    }

    [Theory]
    [InlineData(TrainingPrecision.Fp32)]
    [InlineData(TrainingPrecision.Bf16)]
    public async Task A_small_task_is_learnt_in_either_precision(TrainingPrecision precision)
    {
        using var folder = new TemporaryFolder();
        var random = new Random(1);
        var dataset = new InMemoryDataset("moods", ["bleak", "bright"], TwoMoodLanguage.All, new[] { (Split.Train, 400), (Split.Test, 200) }
            .SelectMany(split => Enumerable.Range(0, split.Item2).Select(i => (split.Item1, TwoMoodLanguage.Sentence(random, i % 2, 2), i % 2))));
        SmallEncoders.Write(folder["base"], EncoderFamily.Bert, vocabulary: await dataset.ReadVocabularyAsync(CancellationToken.None));
        var recipe = new Recipe { Precision = precision, Epochs = 4, LearningRate = 3e-3, WarmupSteps = 10 };

        var model = await TestTraining.Create()
            .RunAsync(dataset, [], new FolderBase("base", folder["base"]), recipe, null, folder["model"], null, null, CancellationToken.None);

        Assert.True(model.State.Metrics["testAccuracy"] > 0.95, $"test accuracy {model.State.Metrics["testAccuracy"]}");
        using var tensors = CheckpointTensors.Open(model.Folder);
        Assert.All(tensors.Headers.Values, header => Assert.Equal("F32", header.Type));
    }
}
