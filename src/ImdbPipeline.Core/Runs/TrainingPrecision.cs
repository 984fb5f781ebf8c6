namespace ImdbPipeline.Core.Runs;

/// <summary>Data type of the forward and backward passes.</summary>
public enum TrainingPrecision
{
    Fp32,

    /// <summary>Half the memory; faster on Ampere and newer GPUs, not on most CPUs.</summary>
    Bf16,
}
