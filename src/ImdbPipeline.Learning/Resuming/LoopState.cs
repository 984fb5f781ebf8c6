using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.Training;

namespace ImdbPipeline.Learning.Resuming;

/// <summary>Where a training had got to, beside its tensors.</summary>
/// <param name="Stage">Further pre-training or training.</param>
/// <param name="Metrics">Steps, times and sums.</param>
/// <param name="Stopping">What early stopping has seen.</param>
public sealed record LoopState(TrainingStage Stage, MetricsState Metrics, StoppingState Stopping);

/// <param name="BestAccuracy">On validation, 0 to 1; null before the first evaluation.</param>
/// <param name="Without">Evaluations since the best.</param>
public sealed record StoppingState(double? BestAccuracy, int Without);
