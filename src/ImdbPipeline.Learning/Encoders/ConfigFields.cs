using System.Globalization;
using System.Text.Json.Nodes;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Runs;

namespace ImdbPipeline.Learning.Encoders;

/// <summary>Reads config.json, whose field names differ between the encoder families.</summary>
internal sealed class ConfigFields(JsonObject json, string file)
{
    public const string FractionsField = "fractions";

    private const string PositionsField = "max_position_embeddings";
    private const int DefaultPositions = 512;

    // Limits allocation: parameter names of all layers are created before the weights are read.
    private const int MaxLayers = 1000;
    private const int MaxUnits = 1_000_000;

    public EncoderConfig ToConfig()
    {
        var type = json["model_type"]?.GetValue<string>();
        var config = type switch
        {
            "distilbert" => DistilBert(),
            "bert" => Bert(),
            _ => throw Rejected("model_type", "distilbert or bert", type ?? "nothing"),
        };
        return config.Dim % config.Heads == 0
            ? config
            : throw Rejected("the number of heads", $"a divisor of the hidden size {config.Dim}", $"{config.Heads}");
    }

    private EncoderConfig DistilBert()
    {
        RequireGelu("activation");
        return new EncoderConfig
        {
            Family = EncoderFamily.DistilBert,
            VocabSize = Size("vocab_size", 30522),
            Dim = Size("dim", 768),
            Layers = Size("n_layers", 6, MaxLayers),
            Heads = Size("n_heads", 12),
            HiddenDim = Size("hidden_dim", 3072),
            MaxPositions = Size(PositionsField, DefaultPositions),
            Dropout = Ratio("dropout", 0.1),
            AttentionDropout = Ratio("attention_dropout", 0.1),
            ClassifierDropout = Ratio("seq_classif_dropout", 0.2),
            InitializerRange = Ratio("initializer_range", 0.02),
            Fractions = Fractions(),
            Labels = Labels(),
        };
    }

    private EncoderConfig Bert()
    {
        RequireGelu("hidden_act");
        if (json["position_embedding_type"]?.GetValue<string>() is { } positions and not "absolute")
            throw Rejected("position_embedding_type", "absolute", positions);
        var dropout = Ratio("hidden_dropout_prob", 0.1);
        return new EncoderConfig
        {
            Family = EncoderFamily.Bert,
            VocabSize = Size("vocab_size", 30522),
            Dim = Size("hidden_size", 768),
            Layers = Size("num_hidden_layers", 12, MaxLayers),
            Heads = Size("num_attention_heads", 12),
            HiddenDim = Size("intermediate_size", 3072),
            MaxPositions = Size(PositionsField, DefaultPositions),
            TokenTypes = Size("type_vocab_size", 2),
            LayerNormEpsilon = Ratio("layer_norm_eps", 1e-12),
            Dropout = dropout,
            AttentionDropout = Ratio("attention_probs_dropout_prob", 0.1),
            ClassifierDropout = Ratio("classifier_dropout", dropout),
            InitializerRange = Ratio("initializer_range", 0.02),
            Fractions = Fractions(),
            Labels = Labels(),
        };
    }

    /// <summary>A field specific to this project; other programs ignore it.</summary>
    private Fractions? Fractions()
    {
        if (json[FractionsField] is not { } fractions)
            return null;
        var pooling = fractions["pooling"]?.GetValue<string>();
        var length = fractions["length"]?.GetValue<int>() ?? 0;
        var positions = Size(PositionsField, DefaultPositions);
        return Enum.TryParse<FractionPooling>(pooling, ignoreCase: true, out var known) && known != FractionPooling.None && length >= 3 && length <= positions
            ? new Fractions(known, length)
            : throw Rejected(FractionsField, $"a pooling (mean, max or attention) and a length from 3 to {positions}, the number of positions", fractions.ToJsonString());
    }

    private void RequireGelu(string field)
    {
        if (json[field]?.GetValue<string>() is { } activation and not "gelu")
            throw Rejected(field, "gelu", activation);
    }

    private string[] Labels()
    {
        if (json["id2label"] is not JsonObject names)
            return [.. Enumerable.Range(0, Size("num_labels", 2)).Select(i => $"LABEL_{i}")];
        var labels = names.Select(n => (Index: int.Parse(n.Key, CultureInfo.InvariantCulture), Name: n.Value?.GetValue<string>() ?? throw Rejected("id2label", "a name for every label", names.ToJsonString()))).OrderBy(n => n.Index).ToArray();
        return labels.Length > 0 && labels.Select(l => l.Index).SequenceEqual(Enumerable.Range(0, labels.Length))
            ? [.. labels.Select(l => l.Name)]
            : throw Rejected("id2label", "labels numbered from 0 without gaps", names.ToJsonString());
    }

    private int Size(string field, int fallback, int max = MaxUnits)
    {
        var size = json[field]?.GetValue<int>() ?? fallback;
        return size > 0 && size <= max ? size : throw Rejected(field, $"from 1 to {max}", $"{size}");
    }

    private double Ratio(string field, double fallback)
    {
        var ratio = json[field]?.GetValue<double>() ?? fallback;
        return ratio is >= 0 and < 1 ? ratio : throw Rejected(field, "at least 0 and below 1", $"{ratio}");
    }

    private InputRejectedException Rejected(string field, string expected, string found) =>
        new(ErrorRules.ConfigUnsupported, $"{file}, {field}", expected, found, "Choose a DistilBERT or BERT model.");
}
