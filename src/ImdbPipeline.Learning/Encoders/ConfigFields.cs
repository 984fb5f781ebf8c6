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
        var type = Text("model_type");
        var config = type switch
        {
            "distilbert" => DistilBert(),
            "bert" => Bert(),
            _ => throw Rejected("model_type", "distilbert or bert", type ?? "nothing"),
        };
        RejectUnsupported();
        return config.Dim % config.Heads == 0
            ? config with { ProblemType = ProblemType(config.Labels.Count) }
            : throw Rejected("the number of heads", $"a divisor of the hidden size {config.Dim}", $"{config.Heads}");
    }

    private EncoderConfig DistilBert()
    {
        return new EncoderConfig
        {
            Family = EncoderFamily.DistilBert,
            Activation = Activation("activation"),
            VocabSize = Size("vocab_size", 30522),
            Dim = Size(Alias("dim", "hidden_size"), 768),
            Layers = Size(Alias("n_layers", "num_hidden_layers"), 6, MaxLayers),
            Heads = Size(Alias("n_heads", "num_attention_heads"), 12),
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
        if (Text("position_embedding_type") is { } positions and not "absolute")
            throw Rejected("position_embedding_type", "absolute", positions);
        var dropout = Ratio("hidden_dropout_prob", 0.1);
        return new EncoderConfig
        {
            Family = EncoderFamily.Bert,
            Activation = Activation("hidden_act"),
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

    private Activation Activation(string field)
    {
        var name = Text(field) ?? "gelu";
        return Activations.Find(name) ?? throw Rejected(field, string.Join(", ", Activations.Names), name);
    }

    /// <summary>Settings that change the logits and are not supported.</summary>
    private void RejectUnsupported()
    {
        foreach (var field in (string[])["is_decoder", "add_cross_attention"])
            if (Value<bool>(field, "true or false") == true)
                throw Rejected(field, "false", "true");
        if (json["pruned_heads"] is JsonObject { Count: > 0 } pruned)
            throw Rejected("pruned_heads", "none", pruned.ToJsonString());
        if (json["quantization_config"] is { } quantization)
            throw Rejected("quantization_config", "none", quantization.ToJsonString());
    }

    private ProblemType ProblemType(int labels) => (Text("problem_type"), labels) switch
    {
        // Transformers trains a head with one output for regression, unless told otherwise.
        (null or "regression", 1) => Encoders.ProblemType.Regression,
        (null or "single_label_classification", > 1) => Encoders.ProblemType.SingleLabelClassification,
        ("multi_label_classification", _) => Encoders.ProblemType.MultiLabelClassification,
        ("regression", _) => throw Rejected("problem_type", "regression with one label", $"{labels} labels"),
        ("single_label_classification", _) => throw Rejected("problem_type", "single_label_classification with two or more labels", "one label"),
        var (other, _) => throw Rejected("problem_type", "single_label_classification, multi_label_classification or regression", other!),
    };

    /// <summary>Label names by index. Other programs write names as numbers, and the entries in any order or as a list.</summary>
    private string[] Labels()
    {
        IEnumerable<(string Index, JsonNode? Name)>? entries = json["id2label"] switch
        {
            JsonObject names => names.Select(entry => (entry.Key, entry.Value)),
            JsonArray names => names.Select((name, i) => (Invariant(i), name)),
            null when json["label2id"] is JsonObject ids => ids.Select(entry => (entry.Value?.ToString() ?? "", (JsonNode?)entry.Key)),
            null => null,
            var other => throw Rejected("id2label", "an object", other.ToJsonString()),
        };
        if (entries is null)
            return [.. Enumerable.Range(0, Size("num_labels", 2)).Select(i => $"LABEL_{i}")];
        var labels = entries.Select(entry => (Index: Number(entry.Index), Name: Name(entry.Name))).OrderBy(label => label.Index).ToArray();
        if (labels.Length == 0 || !labels.Select(label => label.Index).SequenceEqual(Enumerable.Range(0, labels.Length)))
            throw Rejected("id2label", "labels numbered from 0 without gaps", Found());
        if (labels.Select(label => label.Name).Distinct(StringComparer.Ordinal).Count() < labels.Length)
            throw Rejected("id2label", "every name once", Found());
        if (Array.Find(labels, label => PrintableText.NeedsEscape(label.Name)) is { Name: { } unprintable })
            throw Rejected("id2label", "names without control characters, line breaks and bidirectional characters", $"'{PrintableText.OneLine(unprintable)}'");
        // Leftovers of other labels are common; the same names with other numbers are a mistake in one of the two.
        if (json["label2id"] is JsonObject given && Array.Find(labels, label => given[label.Name] is { } number && number.ToString() != Invariant(label.Index)) is { Name: { } contradicted })
            throw Rejected("label2id", $"the numbers of id2label", $"{given[contradicted]!.ToJsonString()} for '{contradicted}'");
        return [.. labels.Select(label => label.Name)];

        int Number(string index) =>
            int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw Rejected("id2label", "labels numbered from 0 without gaps", Found());

        string Name(JsonNode? name) =>
            name is JsonValue value && value.ToString() is { Length: > 0 } text ? text : throw Rejected("id2label", "a name for every label", Found());

        string Found() => (json["id2label"] ?? json["label2id"])!.ToJsonString();

        static string Invariant(int number) => number.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>DistilBERT's fields have a second name each, that of BERT.</summary>
    private string Alias(string field, string other)
    {
        if (json[field] is { } value && json[other] is { } same && !JsonNode.DeepEquals(value, same))
            throw Rejected(other, $"{value.ToJsonString()}, as in {field}", same.ToJsonString());
        return json.ContainsKey(field) ? field : other;
    }

    private int Size(string field, int fallback, int max = MaxUnits)
    {
        var size = Value<int>(field, "a whole number") ?? fallback;
        return size > 0 && size <= max ? size : throw Rejected(field, $"from 1 to {max}", $"{size}");
    }

    private double Ratio(string field, double fallback)
    {
        var ratio = Value<double>(field, "a number") ?? fallback;
        return ratio is >= 0 and < 1 ? ratio : throw Rejected(field, "at least 0 and below 1", $"{ratio}");
    }

    private string? Text(string field) => json[field] switch
    {
        null => null,
        JsonValue value when value.TryGetValue(out string? text) => text,
        var other => throw Rejected(field, "a string", other.ToJsonString()),
    };

    private T? Value<T>(string field, string expected) where T : struct => json[field] switch
    {
        null => null,
        JsonValue value when value.TryGetValue(out T found) => found,
        var other => throw Rejected(field, expected, other.ToJsonString()),
    };

    private InputRejectedException Rejected(string field, string expected, string found) =>
        new(ErrorRules.ConfigUnsupported, $"{file}, {field}", expected, found, "Correct the file, or choose another DistilBERT or BERT model.");
}
