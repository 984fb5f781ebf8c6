using System.Text.Json.Nodes;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.FineTuning;
using ImdbPipeline.Learning.ModelFolders;
using ImdbPipeline.Learning.Scoring;
using ImdbPipeline.Testing;
using ImdbPipeline.Testing.Datasets;

namespace ImdbPipeline.Learning.Tests.Training;

[Slow]
[Collection(TorchRandomState.Name)]
public sealed class HierarchicalTrainingTests : IAsyncLifetime
{
    private const int MaxLength = 12;

    private static readonly string[] filler = [.. Enumerable.Range(0, 20).Select(i => $"word{i}")];

    private readonly TemporaryFolder folder = new();
    private readonly InMemoryDataset dataset = new("long", ["neg", "pos"], [.. filler, "bad", "good"], Texts());

    public async ValueTask InitializeAsync() =>
        SmallEncoders.Write(folder["base"], EncoderFamily.DistilBert, vocabulary: await dataset.ReadVocabularyAsync(CancellationToken.None));

    public ValueTask DisposeAsync()
    {
        folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData(FractionPooling.Mean, "mean")]
    [InlineData(FractionPooling.Max, "max")]
    [InlineData(FractionPooling.Attention, "attention")]
    public async Task A_verdict_after_the_first_row_is_learnt_and_scored(FractionPooling pooling, string name)
    {
        var model = await TrainAsync(pooling);

        ReportedFigures.Report($"{pooling}: test accuracy {model.State.Metrics["testAccuracy"]:0.00}");
        Assert.True(model.State.Metrics["testAccuracy"] > 0.95, $"test accuracy {model.State.Metrics["testAccuracy"]}");
        var fractions = JsonNode.Parse(File.ReadAllBytes(Path.Combine(model.Folder, ModelFolder.ConfigFile)))!["fractions"]!;
        Assert.Equal(name, fractions["pooling"]!.GetValue<string>());
        Assert.Equal(MaxLength, fractions["length"]!.GetValue<int>());
        using (var tensors = CheckpointTensors.Open(model.Folder))
            Assert.Equal(pooling == FractionPooling.Attention, tensors.Headers.ContainsKey("fraction_attention.weight"));
        using var scorer = TorchTextScorer.Load(model.Folder, "v1");
        Assert.Equal(model.State.Metrics["testAccuracy"], TestScoring.Accuracy(scorer, dataset));
    }

    [Fact]
    public async Task A_verdict_after_the_first_row_is_not_learnt_with_truncation()
    {
        var model = await TrainAsync(FractionPooling.None);

        ReportedFigures.Report($"truncated: test accuracy {model.State.Metrics["testAccuracy"]:0.00}");
        Assert.InRange(model.State.Metrics["testAccuracy"], 0.3, 0.7);
        using var scorer = TorchTextScorer.Load(model.Folder, "v1");
        Assert.Equal(model.State.Metrics["testAccuracy"], TestScoring.Accuracy(scorer, dataset));
    }

    [Fact]
    public async Task The_model_reads_16_fractions_and_marks_longer_texts_as_truncated()
    {
        var model = await TrainAsync(FractionPooling.Max);
        var fullText = string.Join(' ', Enumerable.Repeat("word1", 159));
        using var scorer = TorchTextScorer.Load(model.Folder, "v1");

        var predictions = scorer.Score([$"{fullText} good", $"{fullText} word1 good", $"{fullText} word1"], null, CancellationToken.None);

        Assert.Equal([false, true, false], predictions.Select(p => p.Truncated));
        Assert.Equal("pos", predictions[0].Label);
        Assert.Equal(predictions[2].Logits, predictions[1].Logits, (one, other) => Math.Abs(one - other) < 1e-5f);
        Assert.Contains(model.State.Notes, note => note.Contains("at most 16 fractions of 12 tokens (Max pooling)"));
    }

    [Fact]
    public async Task Further_training_keeps_the_fraction_attention_and_standard_training_drops_it()
    {
        var model = await TrainAsync(FractionPooling.Attention);
        var trained = new FolderBase("trained", model.Folder);

        using var again = (await trained.PrepareAsync(dataset, Recipe(FractionPooling.Attention), teacher: null, null, CancellationToken.None)).Encoder;
        using var plain = (await trained.PrepareAsync(dataset, Recipe(FractionPooling.None), teacher: null, null, CancellationToken.None)).Encoder;

        using var tensors = CheckpointTensors.Open(model.Folder);
        using var stored = tensors.Read("fraction_attention.weight");
        Assert.True(again.Weights["fraction_attention.weight"].Equals(stored));
        Assert.False(plain.Weights.Tensors.ContainsKey("fraction_attention.weight"));
        Assert.Null(plain.Config.Fractions);
    }

    private Task<TrainedModel> TrainAsync(FractionPooling pooling) => TestTraining.Create()
        .RunAsync(dataset, [], new FolderBase("base", folder["base"]), Recipe(pooling), null, folder[$"{pooling}"], null, null, CancellationToken.None);

    private static Recipe Recipe(FractionPooling pooling) =>
        new() { Hierarchical = pooling, MaxLength = MaxLength, Epochs = 6, BatchSize = 16, LearningRate = 5e-3, WarmupSteps = 10 };

    /// <summary>Texts of two to four rows; the deciding word is never in the first row.</summary>
    private static IEnumerable<(Split, string, int)> Texts()
    {
        var random = new Random(1);
        foreach (var (split, count) in ((Split, int)[])[(Split.Train, 256), (Split.Test, 100)])
        {
            for (var i = 0; i < count; i++)
            {
                var words = Enumerable.Range(0, random.Next(12, 40)).Select(_ => filler[random.Next(filler.Length)]).ToArray();
                words[random.Next(MaxLength - 2, words.Length)] = i % 2 == 0 ? "bad" : "good";
                yield return (split, string.Join(' ', words), i % 2);
            }
        }
    }
}
