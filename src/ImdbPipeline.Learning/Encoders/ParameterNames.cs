namespace ImdbPipeline.Learning.Encoders;

/// <summary>Hugging Face's parameter names of an encoder, without <c>.weight</c> and <c>.bias</c>.</summary>
public sealed record ParameterNames
{
    /// <summary>Prefix of all parameters except the head; weights of a bare encoder are stored without it.</summary>
    public required string Prefix { get; init; }

    public required string WordEmbeddings { get; init; }

    public required string PositionEmbeddings { get; init; }

    public string? TokenTypeEmbeddings { get; init; }

    public required string EmbeddingNorm { get; init; }

    public required Func<int, LayerNames> Layer { get; init; }

    /// <summary>The dense layer between <c>[CLS]</c> and the classifier.</summary>
    public required string Pooler { get; init; }

    /// <summary>The dense layer, layer norm and vocabulary bias of the masked-language-model head.</summary>
    public required (string Transform, string Norm, string VocabularyBias) MaskedLanguageHead { get; init; }

    public const string Classifier = "classifier";

    public static ParameterNames Of(EncoderFamily family) => family == EncoderFamily.DistilBert ? DistilBert : Bert;

    private static ParameterNames DistilBert { get; } = new()
    {
        Prefix = "distilbert.",
        WordEmbeddings = "distilbert.embeddings.word_embeddings",
        PositionEmbeddings = "distilbert.embeddings.position_embeddings",
        EmbeddingNorm = "distilbert.embeddings.LayerNorm",
        Layer = i => new LayerNames($"distilbert.transformer.layer.{i}.")
        {
            Query = "attention.q_lin",
            Key = "attention.k_lin",
            Value = "attention.v_lin",
            Output = "attention.out_lin",
            AttentionNorm = "sa_layer_norm",
            Expand = "ffn.lin1",
            Contract = "ffn.lin2",
            FeedForwardNorm = "output_layer_norm",
        },
        Pooler = "pre_classifier",
        MaskedLanguageHead = ("vocab_transform", "vocab_layer_norm", "vocab_projector.bias"),
    };

    private static ParameterNames Bert { get; } = new()
    {
        Prefix = "bert.",
        WordEmbeddings = "bert.embeddings.word_embeddings",
        PositionEmbeddings = "bert.embeddings.position_embeddings",
        TokenTypeEmbeddings = "bert.embeddings.token_type_embeddings",
        EmbeddingNorm = "bert.embeddings.LayerNorm",
        Layer = i => new LayerNames($"bert.encoder.layer.{i}.")
        {
            Query = "attention.self.query",
            Key = "attention.self.key",
            Value = "attention.self.value",
            Output = "attention.output.dense",
            AttentionNorm = "attention.output.LayerNorm",
            Expand = "intermediate.dense",
            Contract = "output.dense",
            FeedForwardNorm = "output.LayerNorm",
        },
        Pooler = "bert.pooler.dense",
        MaskedLanguageHead = ("cls.predictions.transform.dense", "cls.predictions.transform.LayerNorm", "cls.predictions.bias"),
    };
}

/// <summary>Parameter names of one encoder layer, relative to <paramref name="Prefix"/>.</summary>
public sealed record LayerNames(string Prefix)
{
    public required string Query { get; init; }

    public required string Key { get; init; }

    public required string Value { get; init; }

    public required string Output { get; init; }

    public required string AttentionNorm { get; init; }

    public required string Expand { get; init; }

    public required string Contract { get; init; }

    public required string FeedForwardNorm { get; init; }
}
