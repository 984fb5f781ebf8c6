using System.Text.Json.Nodes;
using ImdbPipeline.Core.Tokenizing;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.Foundation;
using ImdbPipeline.Learning.ModelFolders;
using TorchSharp;

namespace ImdbPipeline.Learning.Tests;

/// <summary>Encoders with random weights, small enough to train within a test.</summary>
internal static class SmallEncoders
{
    public const int Positions = 40;

    public static EncoderConfig Config(EncoderFamily family, int layers = 2, int vocabSize = 300, double dropout = 0) =>
        EncoderConfig.Parse(Json(family, layers, vocabSize, dropout), ModelFolder.ConfigFile);

    /// <summary>Creates an encoder with non-zero biases and non-identity norms, so that all of them affect the result.</summary>
    public static TrainableEncoder Of(EncoderConfig config, IReadOnlyList<ParameterSpec>? heads = null)
    {
        using var scope = torch.NewDisposeScope();
        var weights = EncoderWeights.Initialise(config, seed: 1, heads);
        foreach (var spec in weights.Specs.Where(spec => spec.Kind != ParameterKind.Weight))
        {
            using var generator = new torch.Generator(Seeds.Of(2, spec.Name), torch.CPU);
            weights.Set(spec.Name, weights[spec.Name] + 0.2 * torch.randn(spec.Shape, generator: generator));
        }

        return new TrainableEncoder(weights);
    }

    /// <summary>Copies the weights into an encoder with another config; weights it does not have are left out.</summary>
    public static TrainableEncoder As(this TrainableEncoder encoder, EncoderConfig config)
    {
        var weights = new EncoderWeights(config);
        foreach (var spec in weights.Specs)
            weights.Set(spec.Name, encoder.Weights[spec.Name]);
        return new TrainableEncoder(weights);
    }

    /// <summary>Writes a base model for fine-tuning.</summary>
    /// <param name="vocabulary">Content of vocab.txt; null for 300 generated tokens.</param>
    public static string Write(
        string folder, EncoderFamily family, int layers = 2, byte[]? vocabulary = null, double dropout = 0.1, IReadOnlyList<ParameterSpec>? heads = null)
    {
        vocabulary ??= Vocabulary.Write([.. Vocabulary.SpecialTokens, .. Enumerable.Range(5, 295).Select(id => $"w{id}")]);
        var json = Json(family, layers, Vocabulary.Read(vocabulary, ModelFolder.VocabularyFile).Count, dropout);
        using var encoder = Of(EncoderConfig.Parse(json, ModelFolder.ConfigFile), heads);
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, ModelFolder.ConfigFile), json);
        File.WriteAllBytes(Path.Combine(folder, ModelFolder.VocabularyFile), vocabulary);
        SafetensorsWriter.Write(Path.Combine(folder, CheckpointTensors.File), encoder.Weights.Tensors);
        return folder;
    }

    /// <summary>Rows of random tokens between <c>[CLS]</c> (2) and <c>[SEP]</c> (3).</summary>
    public static int[][] Rows(int count, int maxLength, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (int[])[2, .. Enumerable.Range(0, random.Next(1, maxLength - 1)).Select(_ => random.Next(5, 300)), 3])];
    }

    private static byte[] Json(EncoderFamily family, int layers, int vocabSize, double dropout)
    {
        var json = family == EncoderFamily.Bert
            ? new JsonObject
            {
                ["model_type"] = "bert",
                ["hidden_size"] = 32,
                ["num_hidden_layers"] = layers,
                ["num_attention_heads"] = 4,
                ["intermediate_size"] = 48,
                ["hidden_dropout_prob"] = dropout,
                ["attention_probs_dropout_prob"] = dropout,
                ["type_vocab_size"] = 2,
            }
            : new JsonObject
            {
                ["model_type"] = "distilbert",
                ["dim"] = 32,
                ["n_layers"] = layers,
                ["n_heads"] = 4,
                ["hidden_dim"] = 48,
                ["dropout"] = dropout,
                ["attention_dropout"] = dropout,
                ["seq_classif_dropout"] = dropout,
            };
        json["vocab_size"] = vocabSize;
        json["max_position_embeddings"] = Positions;
        json["initializer_range"] = 0.1;
        return System.Text.Encoding.UTF8.GetBytes(json.ToJsonString());
    }
}
