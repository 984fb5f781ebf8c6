using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Tokenizing;
using ImdbPipeline.Learning.Downloads;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.FineTuning;
using ImdbPipeline.Learning.ModelFolders;
using ImdbPipeline.Learning.Scoring;
using ImdbPipeline.Testing.Datasets;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Learning.Tests.FineTuning;

[Collection(TorchRandomState.Name)]
public sealed class RandomBaseTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly HubClient client = new(new HubOptions(), TimeProvider.System);

    [Fact]
    public async Task Scratch_small_is_trained_from_the_dataset_alone()
    {
        var dataset = new TinyDataset(train: 48, unlabelled: 40, heldOut: 30);
        var recipe = RandomBase.Small.DefaultRecipe(dataset.Manifest, teacher: null);
        recipe = recipe with { BatchSize = 16, FurtherPretraining = recipe.FurtherPretraining! with { MaxSteps = 3 } };
        var stages = new List<TrainingPhase>();

        var model = await TestTraining.Create().RunAsync(
            dataset, [], RandomBase.Small, recipe, null, folder["model"], null, new Watcher(stages), CancellationToken.None);

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
        var config = EncoderConfig.Parse(RandomBase.DistilBert.ConfigJson(ModelTokenizer.FromVocabulary(await new TinyDataset(train: 2).ReadVocabularyAsync(CancellationToken.None))), "config.json");

        Assert.Equal((768, 6, 12, 3072, 512), (config.Dim, config.Layers, config.Heads, config.HiddenDim, config.MaxPositions));
    }

    [Theory]
    [InlineData("scratch-small")]
    [InlineData("scratch-distilbert")]
    public async Task A_random_base_is_built_in_and_is_pretrained_on_the_dataset(string name)
    {
        var resolver = new BaseModelResolver(new ModelLocator(new HubModels(client, new ModelCache(folder["cache"], TimeProvider.System)), stored: null), plugIns: []);

        Assert.IsType<RandomBase>(await resolver.ResolveAsync(name, null, CancellationToken.None));
        Assert.NotNull(resolver.DefaultRecipe(name, new TinyDataset(train: 2).Manifest, teacher: null).FurtherPretraining);
    }

    public void Dispose()
    {
        client.Dispose();
        folder.Dispose();
    }

    private sealed class Watcher(List<TrainingPhase> stages) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => stages.Add(value.Phase);
    }
}
