using ImdbPipeline.Core.Runs;

namespace ImdbPipeline.Learning.Checkpoints;

/// <summary>State of a training loop, without its tensors.</summary>
/// <param name="Stage">Training phase.</param>
/// <param name="Metrics">Steps, elapsed time and metrics.</param>
/// <param name="Stopping">State of early stopping.</param>
/// <param name="Precision">The precision of all steps, which a resumed training keeps.</param>
public sealed record LoopState(TrainingPhase Stage, MetricsState Metrics, StoppingState Stopping, TrainingPrecision Precision)
{
    /// <summary>Whether the evaluation after the last epoch was interrupted.</summary>
    public bool AwaitsEvaluation { get; init; }
}

/// <param name="BestAccuracy">Best validation accuracy, 0 to 1; null before the first evaluation.</param>
/// <param name="BestLoss">Loss of the best weights.</param>
/// <param name="BestEpoch">The epoch after which the weights were best, counted from 1; 0 before the first evaluation.</param>
/// <param name="Without">Number of evaluations since the accuracy last rose.</param>
/// <param name="AveragedSteps">Number of steps that the best weights are an average of; 0 for none.</param>
public sealed record StoppingState(double? BestAccuracy, double BestLoss, int BestEpoch, int Without, int AveragedSteps);
