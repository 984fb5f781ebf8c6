using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.FineTuning;
using ImdbPipeline.Learning.ModelFolders;
using ImdbPipeline.Learning.Scoring;
using ImdbPipeline.Learning.Tests.Encoders;
using ImdbPipeline.Testing;
using ImdbPipeline.Testing.Datasets;
using TorchSharp;

namespace ImdbPipeline.Learning.Tests.Training;

[Collection(TorchRandomState.Name)]
public sealed partial class ClassifierLayerTests : IDisposable
{
    /// <summary>Enough that one layer's name is a prefix of another's.</summary>
    private const int Layers = 12;

    private static readonly int[][] rows = SmallEncoders.Rows(6, SmallEncoders.Positions);

    private readonly TemporaryFolder folder = new();
    private readonly TinyDataset dataset = new(train: 40, heldOut: 20);

    [Theory]
    [InlineData(EncoderFamily.DistilBert, 2)]
    [InlineData(EncoderFamily.DistilBert, 11)]
    [InlineData(EncoderFamily.Bert, 2)]
    [InlineData(EncoderFamily.Bert, 11)]
    public void A_base_model_reduced_to_its_first_layers_equals_one_without_the_others(EncoderFamily family, int layer)
    {
        SmallEncoders.Write(folder["full"], family, Layers);
        SmallEncoders.Write(folder["cut"], family, Layers);
        RemoveLayers(folder["cut"], family, layer);

        var loaded = EncoderLoader.LoadBase(folder["full"], EncoderLoader.ReadConfig(folder["full"]) with { Layers = layer }, [], seed: 1);

        using var encoder = loaded.Encoder;
        using var expected = EncoderLoader.LoadModel(folder["cut"]).Encoder;
        using var full = EncoderLoader.LoadModel(folder["full"]).Encoder;
        Assert.Equal(GoldenLogitsTests.Logits(expected, rows), GoldenLogitsTests.Logits(encoder, rows));
        Assert.NotEqual(GoldenLogitsTests.Logits(full, rows), GoldenLogitsTests.Logits(encoder, rows));
        Assert.Empty(loaded.Notes);
    }

    [Theory]
    [InlineData(EncoderFamily.DistilBert, "n_layers")]
    [InlineData(EncoderFamily.Bert, "num_hidden_layers")]
    public async Task The_model_folder_is_a_standard_model_with_fewer_layers(EncoderFamily family, string field)
    {
        await WriteBaseAsync(family);

        var model = await TrainAsync(new Recipe { ClassifierLayer = 2, MaxLength = 40 });

        var config = JsonNode.Parse(File.ReadAllBytes(Path.Combine(folder["model"], ModelFolder.ConfigFile)))!;
        Assert.Equal(2, config[field]!.GetValue<int>());
        using var encoder = EncoderLoader.LoadModel(folder["model"]).Encoder;
        Assert.Equal(2, encoder.Config.Layers);
        Assert.Contains("the classifier uses layer 2 of 12; higher layers were removed", model.State.Notes);
        using var scorer = TorchTextScorer.Load(folder["model"], "v1");
        Assert.Equal(model.State.Metrics["testAccuracy"], TestScoring.Accuracy(scorer, dataset));
    }

    [Fact]
    public async Task A_written_model_gives_the_same_logits_after_loading()
    {
        await WriteBaseAsync(EncoderFamily.Bert);
        var recipe = new Recipe { ClassifierLayer = 2 };
        var prepared = await new FolderBase("base", folder["base"]).PrepareAsync(dataset, recipe, teacher: null, null, CancellationToken.None);
        using var encoder = prepared.Encoder;
        var model = await TrainAsync(recipe);

        ModelFolderWriter.Write(folder["written"], encoder, prepared.Files, model.State, blend: null);

        using var loaded = EncoderLoader.LoadModel(folder["written"]).Encoder;
        int[][] texts = [.. dataset.Texts.Take(9).Select(review => review.TokenIds)];
        Assert.Equal(GoldenLogitsTests.Logits(encoder, texts), GoldenLogitsTests.Logits(loaded, texts));
    }

    [Fact]
    public async Task The_last_layer_keeps_the_whole_model()
    {
        await WriteBaseAsync(EncoderFamily.DistilBert);

        var prepared = await new FolderBase("base", folder["base"]).PrepareAsync(dataset, new Recipe { ClassifierLayer = Layers, MaxLength = 40 }, teacher: null, null, CancellationToken.None);

        using var encoder = prepared.Encoder;
        Assert.Equal(Layers, encoder.Config.Layers);
        // The base model has no names of labels.
        Assert.Equal(["not in the base model, so trained from scratch: classifier.weight, classifier.bias; the base model's classifier is for the labels LABEL_0, LABEL_1"], prepared.Notes);
    }

    [Fact]
    public async Task A_layer_above_the_last_is_rejected()
    {
        await WriteBaseAsync(EncoderFamily.DistilBert);

        var e = await Assert.ThrowsAsync<InputRejectedException>(() => TrainAsync(new Recipe { ClassifierLayer = 13 }));

        Assert.Equal("setting-out-of-range", e.Rule);
        Assert.Contains("classifierLayer", e.Message);
        Assert.Contains("from 1 to 12", e.Message);
        Assert.Contains("13", e.Message);
    }

    public void Dispose() => folder.Dispose();

    private async Task WriteBaseAsync(EncoderFamily family) =>
        SmallEncoders.Write(folder["base"], family, Layers, await dataset.ReadVocabularyAsync(CancellationToken.None));

    private Task<TrainedModel> TrainAsync(Recipe recipe) => TestTraining.Create()
        .RunAsync(dataset, [], new FolderBase("base", folder["base"]), recipe, null, folder["model"], null, null, CancellationToken.None);

    private static void RemoveLayers(string model, EncoderFamily family, int layers)
    {
        var path = Path.Combine(model, CheckpointTensors.File);
        Dictionary<string, torch.Tensor> kept;
        using (var reader = new SafetensorsReader(path))
            kept = reader.Tensors.Keys.Where(name => LayerNumber().Match(name) is not { Success: true } match || int.Parse(match.Groups[1].Value) < layers).ToDictionary(name => name, reader.Read);
        SafetensorsWriter.Write(path, kept);
        var json = Path.Combine(model, ModelFolder.ConfigFile);
        var config = JsonNode.Parse(File.ReadAllBytes(json))!;
        config[family == EncoderFamily.Bert ? "num_hidden_layers" : "n_layers"] = layers;
        File.WriteAllText(json, config.ToJsonString());
    }

    [GeneratedRegex(@"\.layer\.(\d+)\.")]
    private static partial Regex LayerNumber();
}
