using System.Text.Json;
using System.Text.Json.Nodes;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Learning.Encoders;

/// <summary>What the encoder needs of a Hugging Face config.json, under one set of names for both families.</summary>
public sealed record EncoderConfig
{
    // Without it a field given twice is an error of another kind, at its first use.
    private static readonly JsonDocumentOptions strict = new() { AllowDuplicateProperties = false };

    public required EncoderFamily Family { get; init; }

    public required int VocabSize { get; init; }

    public required int Dim { get; init; }

    public required int Layers { get; init; }

    public required int Heads { get; init; }

    public required int HiddenDim { get; init; }

    public required int MaxPositions { get; init; }

    /// <summary>Segments; zero for DistilBERT, which has none.</summary>
    public int TokenTypes { get; init; }

    public double LayerNormEpsilon { get; init; } = 1e-12;

    public double Dropout { get; init; } = 0.1;

    public double AttentionDropout { get; init; } = 0.1;

    public double ClassifierDropout { get; init; } = 0.1;

    /// <summary>Standard deviation of freshly initialised weights.</summary>
    public double InitializerRange { get; init; } = 0.02;

    /// <summary>How reviews longer than a row are read; null where they are cut to one.</summary>
    public Fractions? Fractions { get; init; }

    /// <summary>Label names by index of the logits.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <exception cref="InputRejectedException">The JSON is no config, or of an encoder that is not supported.</exception>
    public static EncoderConfig Parse(ReadOnlySpan<byte> json, string file)
    {
        try
        {
            var node = JsonNode.Parse(json, documentOptions: strict) as JsonObject ?? throw new JsonException("no object");
            return new ConfigFields(node, file).ToConfig();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or OverflowException)
        {
            throw new InputRejectedException("config-invalid", file, "the config of a DistilBERT or BERT model as JSON", e.Message, "Use the config.json the model was saved with.", e);
        }
    }
}
