namespace ImdbPipeline.Core.Training;

/// <summary>The numbers that forward and backward passes compute in.</summary>
public enum Precision
{
    Fp32,

    /// <summary>Half the memory; faster on GPUs from Ampere on, not on most CPUs.</summary>
    Bf16,
}
