using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.Encoders;

namespace ImdbPipeline.Learning.Training;

/// <summary>How a base is trained beyond the recipe people set: fine-tuning needs none of it, training from nothing all.</summary>
public sealed record TrainingMethod
{
    /// <summary>Which part of a training this is; its checkpoints and progress carry it.</summary>
    public TrainingStage Stage { get; init; } = TrainingStage.Training;

    /// <summary>Ends after this many steps; null for all of the epochs'.</summary>
    public int? MaxSteps { get; init; }

    public double Beta2 { get; init; } = 0.999;

    /// <summary>The peak learning rate of further pre-training where the recipe leaves it open.</summary>
    public double PretrainingLearningRate { get; init; } = 5e-5;

    /// <summary>Parameters that do not learn.</summary>
    public IReadOnlySet<string>? Frozen { get; init; }

    /// <summary>Parameters that do not learn in further pre-training; null for <see cref="Frozen"/>.</summary>
    public IReadOnlySet<string>? PretrainingFrozen { get; init; }

    /// <summary>The attention used at first; the model afterwards is the plain encoder.</summary>
    public IAttentionOverride? Attention { get; init; }

    /// <summary>The last share of the steps, in which <see cref="Attention"/> is not used any more.</summary>
    public double PlainAttentionShare { get; init; }

    /// <summary>Called between the backward pass and the update: to keep parts of a parameter as they are.</summary>
    public Action<EncoderWeights>? BeforeUpdate { get; init; }

    /// <summary>Plain fine-tuning of a pre-trained encoder.</summary>
    public static TrainingMethod FineTuning { get; } = new();
}
