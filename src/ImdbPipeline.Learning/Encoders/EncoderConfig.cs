using System.Text.Json;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Learning.Encoders;

/// <summary>The fields of a Hugging Face config.json that the encoder needs, with the same names for both families.</summary>
public sealed record EncoderConfig
{
    public required EncoderFamily Family { get; init; }

    public required int VocabSize { get; init; }

    public required int Dim { get; init; }

    public required int Layers { get; init; }

    public required int Heads { get; init; }

    public required int HiddenDim { get; init; }

    public required int MaxPositions { get; init; }

    /// <summary>Number of segment types; 0 for DistilBERT, which has none.</summary>
    public int TokenTypes { get; init; }

    public double LayerNormEpsilon { get; init; } = 1e-12;

    public double Dropout { get; init; } = 0.1;

    public double AttentionDropout { get; init; } = 0.1;

    public double ClassifierDropout { get; init; } = 0.1;

    /// <summary>Standard deviation of newly initialised weights.</summary>
    public double InitializerRange { get; init; } = 0.02;

    /// <summary>Multiply-add operations of the layers' matrix products per token, as a measure of what reading a text costs.</summary>
    public long MultiplyAddsPerToken => (long)Layers * ((4L * Dim * Dim) + (2L * Dim * HiddenDim));

    public Activation Activation { get; init; } = Activation.Gelu;

    /// <summary>What the logits mean.</summary>
    public ProblemType ProblemType { get; init; } = ProblemType.SingleLabelClassification;

    /// <summary>How texts longer than one row are read; null truncates them to one row.</summary>
    public Fractions? Fractions { get; init; }

    /// <summary>Label names in logit order.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <exception cref="InputRejectedException">The JSON is not a valid config, or the encoder is not supported.</exception>
    public static EncoderConfig Parse(ReadOnlySpan<byte> json, string file)
    {
        try
        {
            return new ConfigFields(PipelineJson.ParseObject(json), file).ToConfig();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or OverflowException)
        {
            throw new InputRejectedException(ErrorRules.ConfigInvalid, file, "the config of a DistilBERT or BERT model as JSON", e.Message, "Use the config.json that was saved with the model.", e);
        }
    }
}
