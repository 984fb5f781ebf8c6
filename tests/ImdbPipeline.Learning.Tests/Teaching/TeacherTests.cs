using System.Text.Json.Nodes;
using System.Runtime.CompilerServices;
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
using TorchSharp;

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
        Assert.Contains(taught.State.Notes, note => note.StartsWith(
            $"soft labels for 40 labelled and 400 unlabelled texts from {folder["teacher"]}, which may have been trained on them; accuracy on the training texts 0.", StringComparison.Ordinal));
        Assert.Equal(folder["teacher"], taught.State.Recipe.Teacher);
    }

    [Theory]
    [InlineData(Recipe.NgramTeacher)]
    [InlineData("teacher")]
    public async Task A_run_with_a_teacher_resumes_bit_for_bit(string teacher)
    {
        var taught = recipe with { Epochs = 1, SaveSteps = 3, Teacher = teacher == Recipe.NgramTeacher ? teacher : folder[teacher] };
        var store = new FolderCheckpoints(folder["checkpoints"]);
        var whole = await TrainAsync(dataset, taught, "whole");

        await StopAsync(taught, store);
        var resumed = await TrainAsync(dataset, taught, "resumed", store);

        Assert.Contains(resumed.State.Notes, note => note.StartsWith("resumed from a checkpoint at step 5 of ", StringComparison.Ordinal));
        Assert.Equal(File.ReadAllBytes(Path.Combine(whole.Folder, CheckpointTensors.File)), File.ReadAllBytes(Path.Combine(resumed.Folder, CheckpointTensors.File)));
    }

    [Fact]
    public async Task A_run_starts_again_if_its_teacher_was_replaced()
    {
        var taught = recipe with { Epochs = 1, Teacher = folder["teacher"] };
        var store = new FolderCheckpoints(folder["checkpoints"]);
        await StopAsync(taught, store);

        await TrainAsync(new TinyDataset(train: 100, seed: 3), recipe, "teacher");
        var again = await TrainAsync(dataset, taught, "resumed", store);

        Assert.Contains("training restarted from the beginning: the checkpoint is from a different training run", again.State.Notes);
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
    }

    [Fact]
    public async Task Each_text_gets_its_own_label_however_many_there_are()
    {
        // More texts than are scored at once, and training texts without a label, which are no examples.
        var many = new PartlyLabelled(new TinyDataset(train: 30, unlabelled: 1_100));
        var teacher = new ModelTeacher("teacher", folder["teacher"]);

        var taught = await teacher.LabelAsync(many, seed: 1, null, TestContext.Current.CancellationToken);

        Assert.Equal((20, 1_100), (taught.Labelled.Count, taught.Unlabelled.Count));
        string[] checkedTexts = [many.All.Texts[1].Text, many.All.Texts.Last(text => text.Split == Split.Unsup).Text];
        var alone = await teacher.LabelAsync(
            new InMemoryDataset("one", ["neg", "pos"], [], [(Split.Train, checkedTexts[0], 0), (Split.Unsup, checkedTexts[1], 0)]), seed: 1, null, TestContext.Current.CancellationToken);
        Assert.Equal(alone.Labelled[0][0], taught.Labelled[0][0], 1e-5f);
        Assert.Equal(alone.Unlabelled[0][0], taught.Unlabelled[^1][0], 1e-5f);
    }

    [Fact]
    public async Task A_dataset_without_unlabelled_texts_can_have_a_teacher()
    {
        var model = await TrainAsync(new TinyDataset(train: 40), recipe with { Epochs = 1, Teacher = folder["teacher"] }, "taught");

        Assert.Contains(model.State.Notes, note => note.StartsWith($"soft labels for 40 labelled texts from {folder["teacher"]}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_teacher_works_with_further_pretraining_fractions_and_auxiliary_tasks()
    {
        var everything = recipe with
        {
            Epochs = 1,
            MaxLength = 16,
            Hierarchical = FractionPooling.Mean,
            FurtherPretraining = new FurtherPretraining { MaxSteps = 3 },
            Teacher = folder["teacher"],
        };
        var model = await TestTraining.Create().RunAsync(
            dataset, [new TinyDataset(train: 30, labels: ["a", "b", "c"])], new FolderBase("base", folder["base"]), everything, null, folder["model"], null, null, CancellationToken.None);

        Assert.Contains(model.State.Notes, note => note.StartsWith("soft labels for 40 labelled and 400 unlabelled texts", StringComparison.Ordinal));
        Assert.Contains(model.State.Notes, note => note.StartsWith("further pre-training: 3 steps", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Labelling_stops_when_the_run_is_cancelled()
    {
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new ModelTeacher("teacher", folder["teacher"]).LabelAsync(dataset, seed: 1, null, stop.Token));
    }

    [Fact]
    public async Task A_teacher_with_other_labels_is_rejected()
    {
        var e = await Assert.ThrowsAsync<InputRejectedException>(() =>
            TrainAsync(new TinyDataset(train: 40, labels: ["bad", "good"]), recipe with { Teacher = folder["teacher"] }, "taught"));

        Assert.Equal("teacher-labels", e.Rule);
        Assert.Contains("expected a model with the dataset's labels bad, good, found neg, pos", e.Message);
    }

    [Fact]
    public async Task A_teacher_whose_weights_are_not_numbers_is_rejected()
    {
        Dictionary<string, torch.Tensor> weights;
        using (var reader = new SafetensorsReader(folder[$"teacher/{CheckpointTensors.File}"]))
            weights = reader.Tensors.Keys.ToDictionary(name => name, reader.Read);
        weights["classifier.bias"].fill_(double.NaN);
        SafetensorsWriter.Write(folder[$"teacher/{CheckpointTensors.File}"], weights);
        // As in folders from before the training state listed the other files.
        var state = JsonNode.Parse(File.ReadAllBytes(folder[$"teacher/{ModelFolder.TrainerStateFile}"]))!.AsObject();
        Assert.True(state.Remove("files"));
        File.WriteAllText(folder[$"teacher/{ModelFolder.TrainerStateFile}"], state.ToJsonString());

        var e = await Assert.ThrowsAsync<InputRejectedException>(() => TrainAsync(dataset, recipe with { Teacher = folder["teacher"] }, "taught"));

        Assert.Equal("teacher-damaged", e.Rule);
    }

    [Theory]
    [InlineData("models/some")]
    [InlineData("../no/such/folder")]
    [InlineData("n-grams?")]
    [InlineData("scratch-small")]
    public async Task A_teacher_that_is_no_trained_model_is_rejected(string name) =>
        Assert.Equal("teacher-unknown", (await Assert.ThrowsAsync<InputRejectedException>(() => TrainAsync(dataset, recipe with { Teacher = name }, "taught"))).Rule);

    [Fact]
    public void A_labelled_text_keeps_half_of_its_label_with_unlabelled_texts_and_most_of_it_alone()
    {
        var labelled = new LabelledTokens([[2, 5, 3]], [1], [null]);
        var taught = new SoftLabels([[0.6f, 0.4f]], [[0.9f, 0.1f]], []);

        var both = SoftLabels.Examples(labelled, [[2, 6, 3]], 2, taught);
        var alone = SoftLabels.Examples(labelled, [], 2, taught with { Unlabelled = [] });

        Assert.Equal([0.3f, 0.7f], both[0].Target);
        Assert.Equal([0.9f, 0.1f], both[1].Target);
        Assert.Equal([0.06f, 0.94f], Assert.Single(alone).Target.Select(p => MathF.Round(p, 4)));
        Assert.Equal([0f, 1f], Assert.Single(SoftLabels.Examples(labelled, [[2, 6, 3]], 2, taught: null)).Target);
        Assert.Throws<ArgumentException>(() => SoftLabels.Examples(labelled, [], 2, taught));
    }

    private async Task StopAsync(Recipe settings, FolderCheckpoints store)
    {
        using var stop = new CancellationTokenSource();
        var progress = new TrainingSteps(step => { if (step == 5) stop.Cancel(); });
        await Assert.ThrowsAsync<OperationCanceledException>(() => TrainAsync(dataset, settings, "resumed", store, progress, stop.Token));
    }

    private Task<TrainedModel> TrainAsync(
        IPreparedDataset texts, Recipe settings, string name, ICheckpointStore? store = null, IProgress<TrainingProgress>? progress = null, CancellationToken? cancellationToken = null) =>
        TestTraining.Create().RunAsync(texts, [], new FolderBase("base", folder["base"]), settings, null, folder[name], store, progress, cancellationToken ?? CancellationToken.None);

    /// <summary>A dataset in which every third training text has no label.</summary>
    private sealed class PartlyLabelled(TinyDataset all) : IPreparedDataset
    {
        public TinyDataset All => all;

        public DatasetManifest Manifest => all.Manifest;

        public Task<byte[]> ReadVocabularyAsync(CancellationToken cancellationToken) => all.ReadVocabularyAsync(cancellationToken);

        public async IAsyncEnumerable<PreparedText> ReadAsync(Split split, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            var number = 0;
            await foreach (var text in all.ReadAsync(split, cancellationToken))
                yield return split == Split.Train && number++ % 3 == 0 ? text with { Label = null } : text;
        }
    }
}
