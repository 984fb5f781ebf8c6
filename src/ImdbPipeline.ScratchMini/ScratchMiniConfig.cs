using System.Text.Json;
using System.Text.Json.Nodes;

namespace ImdbPipeline.ScratchMini;

/// <summary>Config of <c>scratch-mini</c>, a DistilBERT small enough to train on a laptop.</summary>
internal static class ScratchMiniConfig
{
    public const int Dim = 128;
    public const int Layers = 2;
    public const int Heads = 4;
    public const int HiddenDim = 256;
    public const int MaxPositions = 512;

    /// <param name="vocabSize">Size of the dataset's vocabulary.</param>
    /// <returns>Content of config.json.</returns>
    public static byte[] Json(int vocabSize, int padTokenId, IReadOnlyList<string> labels) => JsonSerializer.SerializeToUtf8Bytes(new JsonObject
    {
        ["activation"] = "gelu",
        ["architectures"] = new JsonArray("DistilBertForSequenceClassification"),
        ["attention_dropout"] = 0.0,
        ["dim"] = Dim,
        ["dropout"] = 0.1,
        ["hidden_dim"] = HiddenDim,
        ["id2label"] = new JsonObject(labels.Select((label, i) => KeyValuePair.Create($"{i}", (JsonNode?)label))),
        ["initializer_range"] = 0.02,
        ["max_position_embeddings"] = MaxPositions,
        ["model_type"] = "distilbert",
        ["n_heads"] = Heads,
        ["n_layers"] = Layers,
        ["pad_token_id"] = padTokenId,
        ["seq_classif_dropout"] = 0.1,
        ["sinusoidal_pos_embds"] = false,
        ["tie_weights_"] = true,
        ["vocab_size"] = vocabSize,
    });
}
