namespace ImdbPipeline.Core.Runs;

/// <summary>One line of <c>runs/{run}/metrics.jsonl</c>, written every <see cref="Recipe.LoggingSteps"/> steps.</summary>
/// <param name="Step">Optimizer steps completed.</param>
/// <param name="Epoch">Passes over the training split, fractional.</param>
/// <param name="Loss">Mean since the previous line.</param>
/// <param name="LearningRate">At this step.</param>
/// <param name="GradNorm">Gradient norm before clipping.</param>
/// <param name="TokensPerSecond">Training throughput, excluding padding.</param>
/// <param name="SecondsElapsed">Since the start of the phase, across all attempts.</param>
/// <param name="Stage">Training or further pre-training; each counts its own steps.</param>
public sealed record MetricsLine(
    int Step, double Epoch, double Loss, double LearningRate, double? GradNorm, double? TokensPerSecond, double? SecondsElapsed,
    TrainingPhase Stage = TrainingPhase.Training);
