namespace ImdbPipeline.Core.Training;

/// <summary>One line of <c>runs/{run}/metrics.jsonl</c>, written every logging step.</summary>
/// <param name="Step">Optimizer steps done.</param>
/// <param name="Epoch">Passes over the training split, with fraction.</param>
/// <param name="Loss">Mean over the steps since the line before.</param>
/// <param name="LearningRate">At this step.</param>
/// <param name="GradNorm">Before clipping.</param>
/// <param name="TokensPerSecond">Word pieces trained on, padding not counted.</param>
/// <param name="SecondsElapsed">Since the stage began, over all attempts.</param>
/// <param name="Stage">Training, or the further pre-training before it, which has steps and a learning rate of its own.</param>
public sealed record MetricsLine(
    int Step, double Epoch, double Loss, double LearningRate, double? GradNorm, double? TokensPerSecond, double? SecondsElapsed,
    TrainingStage Stage = TrainingStage.Training);
