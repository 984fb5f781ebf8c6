using ImdbPipeline.Core.Training;

namespace ImdbPipeline.Learning.Training;

/// <summary>How far a training is, for screens and records.</summary>
/// <param name="Stage">What is being done.</param>
/// <param name="Done">Of <paramref name="Total"/>: optimizer steps while training, bytes while downloading, reviews otherwise.</param>
/// <param name="Metrics">Set on every logging step.</param>
public sealed record TrainingProgress(TrainingStage Stage, long Done, long Total, MetricsLine? Metrics = null);

public enum TrainingStage
{
    /// <summary>Fetching the base model; counted in bytes.</summary>
    Downloading,

    /// <summary>Reading and, where needed, tokenizing the reviews.</summary>
    Reading,

    /// <summary>Fitting what a model from nothing learns from: word vectors and a teacher.</summary>
    Preparing,

    Training,

    /// <summary>Measuring on the validation reviews between epochs.</summary>
    Validating,

    /// <summary>Measuring the finished model.</summary>
    Evaluating,
}
