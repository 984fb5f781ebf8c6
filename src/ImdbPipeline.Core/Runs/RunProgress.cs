namespace ImdbPipeline.Core.Runs;

/// <summary>The trainer's progress within its current phase.</summary>
/// <param name="Done">Out of <paramref name="Total"/>: optimizer steps while training, bytes while downloading, otherwise texts or parts.</param>
public sealed record RunProgress(TrainingPhase Stage, long Done, long Total);
