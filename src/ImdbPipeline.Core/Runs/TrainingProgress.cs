namespace ImdbPipeline.Core.Runs;

/// <summary>Training progress, for screens and run records.</summary>
/// <param name="Phase">Current training phase.</param>
/// <param name="Done">Out of <paramref name="Total"/>: steps while training, bytes while downloading, texts otherwise.</param>
/// <param name="Metrics">Metrics line; null except at logging steps.</param>
public sealed record TrainingProgress(TrainingPhase Phase, long Done, long Total, MetricsLine? Metrics = null);
