namespace ImdbPipeline.Core.Runs;

/// <summary>Data type of the matrix products in the forward and backward passes. Weights are float32 in every case.</summary>
public enum TrainingPrecision
{
    Fp32,

    /// <summary>16-bit floating point: faster on CPUs and GPUs with bf16 instructions.</summary>
    Bf16,

    /// <summary>The faster of the two on the machine that trains. Resolved when training begins.</summary>
    Auto,
}
