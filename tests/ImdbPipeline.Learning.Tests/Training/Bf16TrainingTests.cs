using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Training;
using ImdbPipeline.Learning.BaseModels;
using ImdbPipeline.Learning.Checkpoints;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.Training;
using TorchSharp;

namespace ImdbPipeline.Learning.Tests.Training;

[Collection(DropoutTurns.Name)]
public sealed class Bf16TrainingTests
{
    private const int FirstSteps = 8;

    [Theory]
    [MemberData(nameof(GoldenSet.Folders), MemberType = typeof(GoldenSet))]
    public void The_first_steps_are_nearly_those_of_float32(string folder)
    {
        var golden = GoldenSet.Read(folder);
        var expected = golden.Training;
        using var model = EncoderLoader.LoadModel(folder).Encoder;
        model.Weights.To(torch.CPU, requiresGradient: true);
        model.Precision = Precision.Bf16;
        var recipe = new Recipe { LearningRate = expected.LearningRate, WarmupSteps = expected.WarmupSteps, LayerwiseLrDecay = expected.LayerwiseLrDecay };
        using var optimizer = new AdamW(OptimizedParameter.Of(model.Weights, recipe));
        var step = new TrainingStep(model, optimizer, expected.ClipGradNorm);

        for (var s = 0; s < FirstSteps; s++)
        {
            var batch = Enumerable.Range(0, expected.BatchSize).Select(k => golden.Inputs[(s * expected.BatchSize + k) % golden.Inputs.Length])
                .Select(input => TrainingExample.Labelled(input.Ids, input.Label, 2)).ToArray();
            var outcome = step.Take([new ClassificationBatch(model, batch)], LearningRateSchedule.At(s, expected.Steps, recipe), dropoutSeed: 0);

            Assert.True(Math.Abs(expected.Losses[s] - outcome.Loss) <= 0.02 * expected.Losses[s], $"loss of step {s}: expected {expected.Losses[s]}, found {outcome.Loss}");
        }
    }

    [Theory]
    [InlineData(Precision.Fp32)]
    [InlineData(Precision.Bf16)]
    public async Task A_small_task_is_learnt_in_either(Precision precision)
    {
        using var folder = new TemporaryFolder();
        var random = new Random(1);
        var dataset = new InMemoryDataset("moods", ["bleak", "bright"], Words.All, new[] { (Split.Train, 400), (Split.Test, 200) }
            .SelectMany(split => Enumerable.Range(0, split.Item2).Select(i => (split.Item1, Words.Sentence(random, i % 2, 2), i % 2))));
        SmallEncoders.Write(folder["base"], EncoderFamily.Bert, vocabulary: await dataset.ReadVocabularyAsync(CancellationToken.None));
        var recipe = new Recipe { Precision = precision, Epochs = 4, LearningRate = 3e-3, WarmupSteps = 10 };

        var model = await new ModelTraining(TimeProvider.System)
            .RunAsync(dataset, [], new BaseModel("base", folder["base"]), recipe, null, folder["model"], null, null, CancellationToken.None);

        Assert.True(model.State.Metrics["testAccuracy"] > 0.95, $"test accuracy {model.State.Metrics["testAccuracy"]}");
        using var tensors = CheckpointTensors.Open(model.Folder);
        Assert.All(tensors.Headers.Values, header => Assert.Equal("F32", header.Type));
    }
}
