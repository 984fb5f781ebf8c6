using System.Buffers.Binary;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Learning.ModelFolders;
using ImdbPipeline.Learning.Ngrams;
using ImdbPipeline.Learning.Scoring;
using ImdbPipeline.Testing;
using TorchSharp;

namespace ImdbPipeline.Learning.Tests.Corruption;

/// <summary>Model folders without a manifest: changed weights cannot be detected, all other damage is rejected.</summary>
public sealed class DamagedModelTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public Task Damaged_weights_are_rejected_or_still_score() => WeightsAsync("distilbert-nano weights", 300, 501, _ => null);

    [Fact]
    public Task A_damaged_weights_header_is_rejected_or_still_scores() =>
        WeightsAsync("distilbert-nano safetensors header", 500, 502, original => 8 + (int)BinaryPrimitives.ReadInt64LittleEndian(original));

    [Theory]
    [InlineData("distilbert-nano", 503)]
    [InlineData("bert-nano", 504)]
    public async Task A_damaged_config_is_rejected_or_still_scores(string model, int seed)
    {
        var path = Model(model);
        var file = Path.Combine(path, ModelFolder.ConfigFile);
        await new DamageTrial($"{model} config.json", 250, seed).RunAsync(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken), damaged =>
        {
            File.WriteAllBytes(file, damaged);
            Score(path);
        });
    }

    [Fact]
    public async Task Damaged_ngrams_are_rejected_or_still_score()
    {
        var path = Model("distilbert-nano");
        var classifier = new NgramClassifier([0.5f, -0.25f, 1], bias: 0.125);
        NgramFile.Write(path, new NgramBlend(new NgramModel(new NgramIndex([1, 500, 70_000]), [classifier]), await File.ReadAllBytesAsync(Path.Combine(path, ModelFolder.VocabularyFile), TestContext.Current.CancellationToken), 0.5f, 0.5f));
        var file = Path.Combine(path, NgramFile.File);
        await new DamageTrial("ngrams.safetensors", 300, 505).RunAsync(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken), damaged =>
        {
            File.WriteAllBytes(file, damaged);
            Score(path);
        });
    }

    [Theory]
    [InlineData("""{"model_type":"distilbert","n_layers":1000000}""")]
    [InlineData("""{"model_type":"distilbert","id2label":{"0":null,"1":"pos"}}""")]
    [InlineData("""{"model_type":"distilbert","id2label":{"99999999999":"neg","1":"pos"}}""")]
    [InlineData("""{"model_type":"distilbert","id2label":{"1":"neg","1":"pos"}}""")]
    [InlineData("""{"model_type":"distilbert","dim":1e999}""")]
    [InlineData("""{"model_type":"distilbert","dim":64,"dim":32}""")]
    [InlineData("""{"model_type":{"a":1}}""")]
    public void An_impossible_config_is_rejected_before_the_model_is_allocated(string json)
    {
        var path = Model("distilbert-nano");
        File.WriteAllText(Path.Combine(path, ModelFolder.ConfigFile), json);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.StartsWith("config-", Assert.Throws<InputRejectedException>(() => Score(path)).Rule, StringComparison.Ordinal);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 << 20);
    }

    private async Task WeightsAsync(string what, int cases, int seed, Func<byte[], int?> within)
    {
        var path = Model("distilbert-nano");
        var file = Path.Combine(path, CheckpointTensors.File);
        var original = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        await new DamageTrial(what, cases, seed).RunAsync(
            original,
            damaged =>
            {
                File.WriteAllBytes(file, damaged);
                Score(path);
            },
            within(original));
    }

    private string Model(string fixture)
    {
        var path = folder.CopyOf(fixture);
        var words = EncoderLoader.ReadConfig(path).VocabSize;
        File.WriteAllText(Path.Combine(path, ModelFolder.VocabularyFile), string.Join('\n', [.. Core.Tokenizing.Vocabulary.SpecialTokens, .. Enumerable.Range(0, words - Core.Tokenizing.Vocabulary.SpecialTokens.Count).Select(i => $"w{i}")]) + "\n");
        return path;
    }

    private static void Score(string path)
    {
        using var scope = torch.NewDisposeScope();
        using var scorer = TorchTextScorer.Load(path, "damaged");
        var prediction = Assert.Single(scorer.Score(["w1 w2 w3"], null, TestContext.Current.CancellationToken));
        Assert.Contains(prediction.Label, scorer.Labels);
        Assert.Equal(scorer.Labels.Count, prediction.Logits.Count);
        Assert.All([prediction.Score, .. prediction.Logits], number => Assert.True(float.IsFinite(number)));
    }
}
