namespace ImdbPipeline.Core.Training;

/// <summary>How far the trainer is in its present stage, for people who watch.</summary>
/// <param name="Done">Of <paramref name="Total"/>: optimizer steps while training, bytes while downloading, reviews or parts otherwise.</param>
public sealed record RunProgress(TrainingStage Stage, long Done, long Total);
