using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.Checkpoints;
using ImdbPipeline.Learning.Data;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.FineTuning;
using ImdbPipeline.Learning.ModelFolders;
using ImdbPipeline.Learning.Teaching;
using ImdbPipeline.Testing;
using ImdbPipeline.Testing.Datasets;

namespace ImdbPipeline.Learning.Tests.Teaching;

[Slow]
[Collection(TorchRandomState.Name)]
public sealed class TeacherTests : IAsyncLifetime
{
    private static readonly Recipe recipe = new() { Epochs = 3, MaxLength = 40, LearningRate = 3e-3, WarmupSteps = 4, Blend = BlendMode.None };

    private readonly TemporaryFolder folder = new();
    private readonly TinyDataset dataset = new(train: 40, unlabelled: 400);

    public async ValueTask InitializeAsync()
    {
        SmallEncoders.Write(folder["base"], EncoderFamily.DistilBert, vocabulary: await dataset.ReadVocabularyAsync(CancellationToken.None));
        await TrainAsync(new TinyDataset(train: 400, seed: 2), recipe with { Epochs = 8 }, "teacher");
    }

    public ValueTask DisposeAsync()
    {
        folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_model_learns_from_a_trained_model_what_its_own_labels_do_not_tell()
    {
        var alone = await TrainAsync(dataset, recipe, "alone");
        var taught = await TrainAsync(dataset, recipe with { Teacher = folder["teacher"] }, "taught");

        Assert.True(taught.State.Metrics["testAccuracy"] > alone.State.Metrics["testAccuracy"], $"{taught.State.Metrics["testAccuracy"]} and {alone.State.Metrics["testAccuracy"]}");
        Assert.Contains(taught.State.Notes, note => note.StartsWith($"soft labels, also for 400 unlabelled texts, from {folder["teacher"]} with accuracy ", StringComparison.Ordinal));
        Assert.Equal(folder["teacher"], taught.State.Recipe.Teacher);
    }

    [Theory]
    [InlineData(Recipe.NgramTeacher)]
    [InlineData("teacher")]
    public async Task A_run_with_a_teacher_resumes_bit_for_bit(string teacher)
    {
        var taught = recipe with { Epochs = 1, SaveSteps = 3, Teacher = teacher == Recipe.NgramTeacher ? teacher : folder[teacher] };
        var store = new FolderCheckpoints(folder["checkpoints"]);
        using var stop = new CancellationTokenSource();
        var steps = 0;
        var progress = new Watcher(report =>
        {
            if (report.Phase == TrainingPhase.Training && ++steps == 5)
                stop.Cancel();
        });
        var whole = await TrainAsync(dataset, taught, "whole");

        await Assert.ThrowsAsync<OperationCanceledException>(() => TrainAsync(dataset, taught, "resumed", store, progress, stop.Token));
        var resumed = await TrainAsync(dataset, taught, "resumed", store);

        Assert.Contains(resumed.State.Notes, note => note.StartsWith("resumed from a checkpoint at step 5 of ", StringComparison.Ordinal));
        Assert.Equal(File.ReadAllBytes(Path.Combine(whole.Folder, CheckpointTensors.File)), File.ReadAllBytes(Path.Combine(resumed.Folder, CheckpointTensors.File)));
    }

    [Fact]
    public async Task The_teachers_labels_are_matched_by_name()
    {
        var teacher = new ModelTeacher("teacher", folder["teacher"]);
        var same = await teacher.LabelAsync(dataset, seed: 1, null, TestContext.Current.CancellationToken);
        var other = await teacher.LabelAsync(new TinyDataset(train: 40, unlabelled: 400, labels: ["pos", "neg"]), seed: 1, null, TestContext.Current.CancellationToken);

        Assert.Equal(40, same.Labelled.Count);
        Assert.Equal(400, same.Unlabelled.Count);
        Assert.Equal(same.Labelled.Concat(same.Unlabelled).Select(row => (row[1], row[0])), other.Labelled.Concat(other.Unlabelled).Select(row => (row[0], row[1])));
        Assert.Equal(1, same.Accuracy + other.Accuracy, 1e-9);
    }

    [Fact]
    public async Task A_teacher_with_other_labels_is_rejected()
    {
        var e = await Assert.ThrowsAsync<InputRejectedException>(() =>
            TrainAsync(new TinyDataset(train: 40, labels: ["bad", "good"]), recipe with { Teacher = folder["teacher"] }, "taught"));

        Assert.Equal("teacher-labels", e.Rule);
        Assert.Contains("expected a model with the dataset's labels bad, good, found neg, pos", e.Message);
    }

    [Theory]
    [InlineData("models/some")]
    [InlineData("../no/such/folder")]
    [InlineData("n-grams?")]
    public async Task A_teacher_that_is_no_model_is_rejected(string name) =>
        Assert.Equal("teacher-unknown", (await Assert.ThrowsAsync<InputRejectedException>(() => TrainAsync(dataset, recipe with { Teacher = name }, "taught"))).Rule);

    [Fact]
    public void A_labelled_text_keeps_half_of_its_label_with_unlabelled_texts_and_most_of_it_alone()
    {
        var labelled = new LabelledTokens([[2, 5, 3]], [1], [null]);
        var taught = new SoftLabels([[0.6f, 0.4f]], [[0.9f, 0.1f]], 1, "a teacher");

        var both = SoftLabels.Examples(labelled, [[2, 6, 3]], 2, taught);
        var alone = SoftLabels.Examples(labelled, [], 2, taught with { Unlabelled = [] });

        Assert.Equal([0.3f, 0.7f], both[0].Target);
        Assert.Equal([0.9f, 0.1f], both[1].Target);
        Assert.Equal([0.06f, 0.94f], Assert.Single(alone).Target.Select(p => MathF.Round(p, 4)));
        Assert.Equal([0f, 1f], Assert.Single(SoftLabels.Examples(labelled, [[2, 6, 3]], 2, taught: null)).Target);
    }

    private Task<TrainedModel> TrainAsync(
        IPreparedDataset texts, Recipe settings, string name, ICheckpointStore? store = null, IProgress<TrainingProgress>? progress = null, CancellationToken? cancellationToken = null) =>
        TestTraining.Create().RunAsync(texts, [], new FolderBase("base", folder["base"]), settings, null, folder[name], store, progress, cancellationToken ?? CancellationToken.None);

    private sealed class Watcher(Action<TrainingProgress> onReport) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => onReport(value);
    }
}
