using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.Downloads;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.FineTuning;
using ImdbPipeline.Learning.ModelFolders;
using ImdbPipeline.Testing;
using ImdbPipeline.Testing.Datasets;
using TorchSharp;

namespace ImdbPipeline.ScratchMini.Tests;

public sealed class ScratchMiniTests
{
    [Slow]
    [Fact]
    public async Task The_model_learns_negation_from_a_few_hundred_texts()
    {
        using var folder = new TemporaryFolder();
        var model = await TrainAsync(new TinyDataset(train: 600, unlabelled: 200), folder["model"]);

        Assert.True(model.State.Metrics["testAccuracy"] > 0.9, $"test accuracy {model.State.Metrics["testAccuracy"]}");
        Assert.Equal(60, model.State.Metrics["validationReviews"]);
    }

    [Slow]
    [Fact]
    public async Task The_model_learns_more_than_two_labels_without_unlabelled_texts()
    {
        using var folder = new TemporaryFolder();
        var model = await TrainAsync(new TinyDataset(train: 450, labels: ["neg", "pos", "so-so"]), folder["model"]);

        Assert.True(model.State.Metrics["testAccuracy"] > 0.8, $"test accuracy {model.State.Metrics["testAccuracy"]}");
        Assert.Equal(["neg", "pos", "so-so"], EncoderLoader.ReadConfig(folder["model"]).Labels);
    }

    [Slow]
    [Theory]
    [InlineData(FractionPooling.Mean, TrainingPrecision.Fp32)]
    [InlineData(FractionPooling.Attention, TrainingPrecision.Bf16)]
    public async Task The_model_learns_with_hierarchical_pooling_in_each_precision_after_further_pretraining(FractionPooling pooling, TrainingPrecision precision)
    {
        using var folder = new TemporaryFolder();
        var dataset = new TinyDataset(train: 600, unlabelled: 200);
        var request = new RetrainRequest
        {
            Epochs = 6,
            Hierarchical = pooling,
            MaxLength = 16,
            Precision = precision,
            FurtherPretraining = new FurtherPretraining { MaxSteps = 5 },
        };

        var model = await TrainAsync(dataset, folder["model"], request);

        Assert.True(model.State.Metrics["testAccuracy"] > 0.85, $"test accuracy {model.State.Metrics["testAccuracy"]}");
        using var encoder = EncoderLoader.LoadModel(model.Folder).Encoder;
        Assert.Equal(new Fractions(pooling, 16), encoder.Config.Fractions);
    }

    [Theory]
    [InlineData(null, 3)]
    [InlineData("models/some", 3)]
    [InlineData(Recipe.NoTeacher, 12)]
    public void Epochs_count_the_texts_that_are_learned(string? teacher, int epochs) =>
        Assert.Equal(epochs, new ScratchMiniBase().DefaultRecipe(new TinyDataset(train: 1_000, unlabelled: 30_000).Manifest, teacher).Epochs);

    [Fact]
    public async Task Without_a_teacher_the_model_learns_from_its_labels_alone()
    {
        using var folder = new TemporaryFolder();
        var model = await TrainAsync(new TinyDataset(train: 600, unlabelled: 200), folder["model"], new RetrainRequest { Teacher = Recipe.NoTeacher });

        Assert.True(model.State.Metrics["testAccuracy"] > 0.85, $"test accuracy {model.State.Metrics["testAccuracy"]}");
        Assert.DoesNotContain(model.State.Notes, note => note.StartsWith("soft labels", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_classifier_on_the_first_layer_is_rejected()
    {
        using var folder = new TemporaryFolder();
        var dataset = new TinyDataset(train: 20);
        var e = await Assert.ThrowsAsync<InputRejectedException>(() => TrainAsync(dataset, folder["model"], new RetrainRequest { ClassifierLayer = 1 }));

        Assert.Equal("setting-out-of-range", e.Rule);
        Assert.Contains("neighbouring words only", e.Message);
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_model_file()
    {
        using var folder = new TemporaryFolder();
        await TrainAsync(new TinyDataset(train: 80, unlabelled: 30), folder["one"], new RetrainRequest { Epochs = 1 });
        await TrainAsync(new TinyDataset(train: 80, unlabelled: 30), folder["two"], new RetrainRequest { Epochs = 1 });

        Assert.Equal(File.ReadAllBytes(Path.Combine(folder["one"], "model.safetensors")), File.ReadAllBytes(Path.Combine(folder["two"], "model.safetensors")));
    }

    [Fact]
    public void Each_head_of_the_first_layer_attends_to_its_neighbour()
    {
        using var scope = torch.NewDisposeScope();
        var config = EncoderConfig.Parse(ScratchMiniConfig.Json(50, 0, ["neg", "pos"]), "config.json");
        var neighbours = new NeighbourAttention(config);
        var (query, key) = neighbours.Projections();
        var positions = neighbours.Positions();
        var headDim = config.Dim / config.Heads;
        int[] offsets = [-1, 1, -2, 2];
        for (var head = 0; head < config.Heads; head++)
        {
            var queries = positions.mm(query.t()).narrow(1, head * headDim, headDim);
            var keys = positions.mm(key.t()).narrow(1, head * headDim, headDim);
            var (weights, peaks) = (queries.mm(keys.t()) / Math.Sqrt(headDim)).softmax(1).max(1);

            for (var position = 2; position < config.MaxPositions - 2; position++)
            {
                Assert.Equal(position + offsets[head], peaks[position].ToInt64());
                Assert.True(weights[position].ToSingle() > 0.9f, $"head {head}, position {position}: {weights[position].ToSingle()}");
            }
        }
    }

    [Fact]
    public void Shifted_values_come_from_the_neighbours_and_are_zero_outside_the_row()
    {
        using var scope = torch.NewDisposeScope();
        var config = EncoderConfig.Parse(ScratchMiniConfig.Json(50, 0, ["neg", "pos"]), "config.json");
        // Two packed rows, of three tokens and of two.
        var batch = TokenBatch.Of([[2, 8, 3], [2, 3]], null, torch.CPU);
        var values = torch.arange(5, dtype: torch.float32).view(5, 1).expand(5, config.Dim) + 1;

        var gathered = new NeighbourAttention(config).Gather(values, batch, 0);

        Assert.Equal([0, 1, 0, 3, 4], gathered[.., 0].data<float>().ToArray());
        Assert.Equal([2, 0, 4, 5, 0], gathered[.., 32].data<float>().ToArray());
        Assert.Equal([0, 0, 0, 0, 3], gathered[.., 64].data<float>().ToArray());
        Assert.Equal([0, 0, 5, 0, 0], gathered[.., 96].data<float>().ToArray());
    }

    private static Task<TrainedModel> TrainAsync(IPreparedDataset dataset, string folder, RetrainRequest? request = null) =>
        new LocalTraining(new HubOptions(), TimeProvider.System, [new ScratchMiniBase()])
            .RunAsync(dataset, [], ScratchMiniBase.ModelName, request ?? new RetrainRequest(), folder, progress: null, CancellationToken.None);
}
