using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.Encoders;

namespace ImdbPipeline.Learning.Training;

/// <summary>Training settings that are not part of the user's recipe; mainly needed for training from random weights.</summary>
public sealed record TrainingMethod
{
    /// <summary>Training phase, recorded in checkpoints and progress reports.</summary>
    public TrainingPhase Phase { get; init; } = TrainingPhase.Training;

    /// <summary>Max steps; null to train for all epochs.</summary>
    public int? MaxSteps { get; init; }

    public double Beta2 { get; init; } = 0.999;

    /// <summary>Default peak learning rate of further pre-training.</summary>
    public double PretrainingLearningRate { get; init; } = 5e-5;

    /// <summary>Names of the frozen parameters.</summary>
    public IReadOnlySet<string>? Frozen { get; init; }

    /// <summary>Names of the parameters frozen in further pre-training; null to use <see cref="Frozen"/>.</summary>
    public IReadOnlySet<string>? PretrainingFrozen { get; init; }

    /// <summary>Replaces attention at the start of training; null for standard attention throughout.</summary>
    public IAttentionOverride? Attention { get; init; }

    /// <summary>Fraction of the steps, at the end, that use standard attention instead of <see cref="Attention"/>.</summary>
    public double PlainAttentionShare { get; init; }

    /// <summary>Called between backward pass and update, for example to zero part of a gradient.</summary>
    public Action<EncoderWeights>? BeforeUpdate { get; init; }

    /// <summary>Standard fine-tuning of a pre-trained encoder.</summary>
    public static TrainingMethod FineTuning { get; } = new();
}
