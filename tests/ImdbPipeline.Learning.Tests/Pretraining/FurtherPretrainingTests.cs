using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.FineTuning;
using ImdbPipeline.Learning.ModelFolders;
using ImdbPipeline.Testing;
using ImdbPipeline.Testing.Datasets;

namespace ImdbPipeline.Learning.Tests.Pretraining;

[Slow]
[Collection(TorchRandomState.Name)]
public sealed class FurtherPretrainingTests : IAsyncLifetime
{
    private const int Labelled = 8, BatchSize = 8, Epochs = 20, PretrainingSteps = 160, Runs = 5;

    private static readonly FurtherPretraining pretraining = new() { Epochs = 100, MaxSteps = PretrainingSteps, BatchSize = 32, MaxLength = 40, LearningRate = 1e-2, MlmProbability = 0.3 };

    private readonly TemporaryFolder folder = new();
    private readonly InMemoryDataset dataset = new("moods", ["bleak", "bright"], TwoMoodLanguage.All, Texts());

    public async ValueTask InitializeAsync() =>
        SmallEncoders.Write(folder["base"], EncoderFamily.DistilBert, vocabulary: await dataset.ReadVocabularyAsync(CancellationToken.None));

    public ValueTask DisposeAsync()
    {
        folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Pretraining_on_unlabelled_texts_beats_the_same_number_of_fine_tuning_steps()
    {
        double with = 0, without = 0;
        for (var seed = 1; seed <= Runs; seed++)
        {
            var pretrained = await TrainAsync(new Recipe { Epochs = Epochs, FurtherPretraining = pretraining, Seed = seed });
            var plain = await TrainAsync(new Recipe { Epochs = Epochs + PretrainingSteps / (Labelled / BatchSize), Seed = seed });
            Assert.Equal(plain.State.GlobalStep, PretrainingSteps + pretrained.State.GlobalStep);
            with += pretrained.State.Metrics["testAccuracy"] / Runs;
            without += plain.State.Metrics["testAccuracy"] / Runs;
        }

        ReportedFigures.Report($"test accuracy {with:0.000} with, {without:0.000} without");
        Assert.True(with > without + 0.25, $"test accuracy {with} with, {without} without");
    }

    [Fact]
    public async Task The_model_folder_does_not_contain_the_masked_language_head()
    {
        var model = await TrainAsync(new Recipe { FurtherPretraining = pretraining with { MaxSteps = 2 } });

        using var encoder = EncoderLoader.LoadModel(model.Folder).Encoder;
        Assert.Equal(ParameterSpecs.Of(encoder.Config).Select(spec => spec.Name).Order(), encoder.Weights.Tensors.Keys.Order());
        // Pre-training steps are not counted.
        Assert.Equal(1, model.State.GlobalStep);
    }

    private Task<TrainedModel> TrainAsync(Recipe recipe) => TestTraining.Create().RunAsync(
        dataset, [], new FolderBase("base", folder["base"]), recipe with { BatchSize = BatchSize, LearningRate = 2e-3, WarmupSteps = 4 }, null, folder["model"], null, null, CancellationToken.None);

    private static IEnumerable<(Split, string, int)> Texts()
    {
        var random = new Random(1);
        foreach (var (split, count, words) in ((Split, int, int)[])[(Split.Train, Labelled, 1), (Split.Unsup, 400, 12), (Split.Test, 200, 2)])
        {
            for (var i = 0; i < count; i++)
                yield return (split, TwoMoodLanguage.Sentence(random, i % 2, words), i % 2);
        }
    }
}
