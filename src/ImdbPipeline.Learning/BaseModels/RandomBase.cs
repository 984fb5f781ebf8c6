using System.Text.Json;
using System.Text.Json.Nodes;
using ImdbPipeline.Core.Tokenizing;

namespace ImdbPipeline.Learning.BaseModels;

/// <summary>
/// Base models with random weights and the dataset's vocabulary. Masked-language-model training on the dataset teaches them the
/// language, so no external weights are needed.
/// </summary>
public static class RandomBase
{
    private static readonly Dictionary<string, Shape> shapes = new(StringComparer.Ordinal)
    {
        ["scratch-small"] = new(256, 4, 4, 1024),
        // Sanh et al. 2019.
        ["scratch-distilbert"] = new(768, 6, 12, 3072),
    };

    public static bool Is(string name) => shapes.ContainsKey(name);

    public static IEnumerable<string> Names => shapes.Keys;

    /// <param name="vocabulary">The dataset's vocab.txt.</param>
    /// <returns>Content of config.json.</returns>
    public static byte[] ConfigJson(string name, byte[] vocabulary)
    {
        var shape = shapes[name];
        var tokenizer = WordPieceTokenizer.Create(vocabulary);
        return JsonSerializer.SerializeToUtf8Bytes(new JsonObject
        {
            ["activation"] = "gelu",
            ["architectures"] = new JsonArray("DistilBertForSequenceClassification"),
            ["attention_dropout"] = 0.1,
            ["dim"] = shape.Dim,
            ["dropout"] = 0.1,
            ["hidden_dim"] = shape.HiddenDim,
            ["initializer_range"] = 0.02,
            ["max_position_embeddings"] = 512,
            ["model_type"] = "distilbert",
            ["n_heads"] = shape.Heads,
            ["n_layers"] = shape.Layers,
            ["pad_token_id"] = tokenizer.PaddingId,
            ["seq_classif_dropout"] = 0.2,
            ["sinusoidal_pos_embds"] = false,
            ["tie_weights_"] = true,
            ["vocab_size"] = tokenizer.Tokens.Count,
        });
    }

    private sealed record Shape(int Dim, int Layers, int Heads, int HiddenDim);
}
