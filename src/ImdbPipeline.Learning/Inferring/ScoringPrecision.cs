namespace ImdbPipeline.Learning.Inferring;

/// <summary>Data type of the matrix products in scoring.</summary>
public enum ScoringPrecision
{
    Fp32,

    /// <summary>8-bit integer weights and activations: several times faster on CPUs with int8 instructions, slightly different logits.</summary>
#pragma warning disable CA1720 // The standard name in the field.
    Int8,
#pragma warning restore CA1720
}
