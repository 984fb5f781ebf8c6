namespace ImdbPipeline.Core.Runs;

/// <summary>How far a training is, for screens and records.</summary>
/// <param name="Stage">What is being done.</param>
/// <param name="Done">Of <paramref name="Total"/>: optimizer steps while training, bytes while downloading, reviews otherwise.</param>
/// <param name="Metrics">Set on every logging step.</param>
public sealed record TrainingProgress(TrainingStage Stage, long Done, long Total, MetricsLine? Metrics = null);
