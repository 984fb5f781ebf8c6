using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.BaseModels;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.ModelFolders;
using ImdbPipeline.Learning.Recipes;
using ImdbPipeline.Learning.Scoring;
using ImdbPipeline.Testing;
using ImdbPipeline.Testing.Datasets;

namespace ImdbPipeline.Learning.Tests.BaseModels;

[Collection(TorchRandomState.Name)]
public sealed class RandomBaseTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly HubClient client = new(new HubOptions(), TimeProvider.System);

    [Fact]
    public async Task Scratch_small_is_trained_from_the_dataset_alone()
    {
        var dataset = new TinyDataset(train: 48, unlabelled: 40, heldOut: 30);
        var recipe = DefaultRecipes.For("scratch-small", dataset.Manifest);
        recipe = recipe with { BatchSize = 16, FurtherPretraining = recipe.FurtherPretraining! with { MaxSteps = 3 } };
        var stages = new List<TrainingPhase>();

        var model = await new ModelTraining(TimeProvider.System).RunAsync(
            dataset, [], await ResolveAsync("scratch-small"), recipe, null, folder["model"], null, new Watcher(stages), CancellationToken.None);

        Assert.Equal([TrainingPhase.Preparing, TrainingPhase.Pretraining, TrainingPhase.Training, TrainingPhase.Evaluating], stages.Distinct());
        Assert.Equal(3, model.State.GlobalStep);
        Assert.Contains("started from random weights", model.State.Notes);
        var vocabulary = await dataset.ReadVocabularyAsync(CancellationToken.None);
        Assert.Equal(vocabulary, File.ReadAllBytes(Path.Combine(model.Folder, ModelFolder.VocabularyFile)));
        using var encoder = EncoderLoader.LoadModel(model.Folder).Encoder;
        Assert.Equal((EncoderFamily.DistilBert, 256, 4, 4, 1024), (encoder.Config.Family, encoder.Config.Dim, encoder.Config.Layers, encoder.Config.Heads, encoder.Config.HiddenDim));
        Assert.Equal(vocabulary.Count(b => b == '\n'), encoder.Config.VocabSize);
        using var scorer = TorchTextScorer.Load(model.Folder, "v1");
        Assert.Equal(model.State.Metrics["testAccuracy"], TestScoring.Accuracy(scorer, dataset));
    }

    [Fact]
    public async Task Scratch_distilbert_has_the_shape_from_the_paper()
    {
        var config = EncoderConfig.Parse(RandomBase.ConfigJson("scratch-distilbert", await new TinyDataset(train: 2).ReadVocabularyAsync(CancellationToken.None)), "config.json");

        Assert.Equal((768, 6, 12, 3072, 512), (config.Dim, config.Layers, config.Heads, config.HiddenDim, config.MaxPositions));
    }

    [Theory]
    [InlineData("scratch-small")]
    [InlineData("scratch-distilbert")]
    public async Task A_random_base_has_no_folder_and_is_pretrained_on_the_dataset(string name)
    {
        Assert.Null((await ResolveAsync(name)).Folder);
        Assert.NotNull(DefaultRecipes.For(name, new TinyDataset(train: 2).Manifest).FurtherPretraining);
    }

    [Fact]
    public async Task An_unknown_name_is_rejected_with_a_list_of_the_known_ones()
    {
        var e = await Assert.ThrowsAsync<InputRejectedException>(() => ResolveAsync("scratch small"));

        Assert.Equal("base-model-unknown", e.Rule);
        Assert.Contains("scratch-mini, scratch-small, scratch-distilbert", e.Message);
    }

    public void Dispose()
    {
        client.Dispose();
        folder.Dispose();
    }

    private Task<BaseModel> ResolveAsync(string name) =>
        new BaseModelResolver(new HubModels(client, new ModelCache(folder["cache"], TimeProvider.System)), stored: null).ResolveAsync(name, null, CancellationToken.None);

    private sealed class Watcher(List<TrainingPhase> stages) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => stages.Add(value.Stage);
    }
}
