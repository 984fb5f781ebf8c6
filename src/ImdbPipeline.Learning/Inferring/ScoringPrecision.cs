namespace ImdbPipeline.Learning.Inferring;

/// <summary>The numbers that a finished model's matrix products are computed in.</summary>
public enum ScoringPrecision
{
    Fp32,

    /// <summary>Weights and activations as 8-bit integers: several times faster on processors that multiply them, at slightly other logits.</summary>
#pragma warning disable CA1720 // The name the field knows it by.
    Int8,
#pragma warning restore CA1720
}
