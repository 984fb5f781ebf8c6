using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.Checkpoints;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.FineTuning;
using ImdbPipeline.Learning.ModelFolders;
using ImdbPipeline.Learning.Scoring;
using ImdbPipeline.Testing;
using ImdbPipeline.Testing.Datasets;

namespace ImdbPipeline.Learning.Tests.Training;

[Slow]
[Collection(TorchRandomState.Name)]
public sealed class AuxiliaryTasksTests : IAsyncLifetime
{
    private const int Epochs = 20;

    private readonly TemporaryFolder folder = new();
    private readonly InMemoryDataset few = new("few", ["bleak", "bright"], TwoMoodLanguage.All, Texts(seed: 1, labels: 2, (Split.Train, 8, 1), (Split.Validation, 20, 2), (Split.Test, 200, 2)));
    private readonly InMemoryDataset many = new("many", ["bleak", "bright", "both"], TwoMoodLanguage.All, Texts(seed: 2, labels: 3, (Split.Train, 120, 2), (Split.Validation, 60, 2)));

    public async ValueTask InitializeAsync() =>
        SmallEncoders.Write(folder["base"], EncoderFamily.DistilBert, vocabulary: await few.ReadVocabularyAsync(CancellationToken.None));

    public ValueTask DisposeAsync()
    {
        folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_small_dataset_benefits_from_a_large_auxiliary_dataset()
    {
        double with = 0, without = 0;
        for (var seed = 1; seed <= 3; seed++)
        {
            with += (await TrainAsync([many], seed)).State.Metrics["testAccuracy"] / 3;
            without += (await TrainAsync([], seed)).State.Metrics["testAccuracy"] / 3;
        }

        ReportedFigures.Report($"test accuracy {with:0.000} with, {without:0.000} without");
        Assert.True(with > without + 0.25, $"test accuracy {with} with, {without} without");
    }

    [Fact]
    public async Task The_model_has_only_its_own_labels_and_reports_the_accuracy_of_auxiliary_tasks()
    {
        var model = await TrainAsync([many], seed: 1);

        using var encoder = EncoderLoader.LoadModel(model.Folder).Encoder;
        Assert.Equal(["bleak", "bright"], encoder.Config.Labels);
        Assert.Equal(ParameterSpecs.Of(encoder.Config).Select(spec => spec.Name).Order(), encoder.Weights.Tensors.Keys.Order());
        using var scorer = TorchTextScorer.Load(model.Folder, "v1");
        Assert.Equal(model.State.Metrics["testAccuracy"], TestScoring.Accuracy(scorer, few));
        Assert.True(model.State.Metrics["many.validationAccuracy"] > 0.8, $"{model.State.Metrics["many.validationAccuracy"]}");
        Assert.Contains("also trained on many/0123456789abcdef: 120 texts, 3 labels", model.State.Notes);
        Assert.Equal(Epochs * (2 + 30), model.State.GlobalStep);
        // Auxiliary datasets have no confusion matrix.
        Assert.Equal(["test", "validation"], model.State.Confusion.Keys.Order());
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_model_file()
    {
        var first = File.ReadAllBytes(Path.Combine((await TrainAsync([many], seed: 5, epochs: 2)).Folder, CheckpointTensors.File));
        var again = File.ReadAllBytes(Path.Combine((await TrainAsync([many], seed: 5, epochs: 2)).Folder, CheckpointTensors.File));

        Assert.Equal(first, again);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(40)]
    public async Task A_training_run_stopped_at_any_step_resumes_bit_for_bit(int step)
    {
        var uninterrupted = File.ReadAllBytes(Path.Combine((await TrainAsync([many], seed: 5, epochs: 2)).Folder, CheckpointTensors.File));
        var checkpoints = new FolderCheckpoints(folder["checkpoints"]);
        using var stop = new CancellationTokenSource();

        await Assert.ThrowsAsync<OperationCanceledException>(() => ResumeAsync(checkpoints, new StopAt(step, stop), stop.Token));
        var resumed = await ResumeAsync(checkpoints, null, CancellationToken.None);

        Assert.Equal(uninterrupted, File.ReadAllBytes(Path.Combine(resumed.Folder, CheckpointTensors.File)));
    }

    private Task<TrainedModel> TrainAsync(IReadOnlyList<IPreparedDataset> auxiliary, int seed, int epochs = Epochs) => TestTraining.Create()
        .RunAsync(few, auxiliary, new FolderBase("base", folder["base"]), Recipe(seed, epochs), null, folder["model"], null, null, CancellationToken.None);

    private Task<TrainedModel> ResumeAsync(FolderCheckpoints checkpoints, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken) => TestTraining.Create()
        .RunAsync(few, [many], new FolderBase("base", folder["base"]), Recipe(seed: 5, epochs: 2), null, folder["model"], checkpoints, progress, cancellationToken);

    private static Recipe Recipe(int seed, int epochs) => new() { Epochs = epochs, BatchSize = 4, LearningRate = 3e-3, WarmupSteps = 4, Seed = seed };

    /// <summary>Texts with the third label contain words of both moods.</summary>
    private static IEnumerable<(Split, string, int)> Texts(int seed, int labels, params (Split Split, int Count, int Words)[] splits)
    {
        var random = new Random(seed);
        foreach (var (split, count, words) in splits)
        {
            for (var i = 0; i < count; i++)
            {
                var label = i % labels;
                yield return (split, label == 2 ? $"{TwoMoodLanguage.Sentence(random, 0, 1)} {TwoMoodLanguage.Sentence(random, 1, 1)}" : TwoMoodLanguage.Sentence(random, label, words), label);
            }
        }
    }

    private sealed class StopAt(int step, CancellationTokenSource stop) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value is { Phase: TrainingPhase.Training } && value.Done == step)
                stop.Cancel();
        }
    }
}
