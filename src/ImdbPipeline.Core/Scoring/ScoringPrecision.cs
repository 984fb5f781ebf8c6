namespace ImdbPipeline.Core.Scoring;

/// <summary>Data type of the matrix products in scoring.</summary>
public enum ScoringPrecision
{
    Fp32,

    /// <summary>16-bit floating point: faster on CPUs and GPUs with bf16 instructions, slightly different logits.</summary>
    Bf16,

    /// <summary>8-bit integer weights and activations: several times faster on CPUs with int8 instructions, slightly different logits.</summary>
#pragma warning disable CA1720 // The standard name in the field.
    Int8,
#pragma warning restore CA1720

    /// <summary>The fastest on the processor at hand among those that the model is accurate enough in. Resolved when a model is loaded.</summary>
    Auto,
}
