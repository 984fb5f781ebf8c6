namespace ImdbPipeline.Core.Training;

/// <summary>The <c>training-jobs</c> message: which run to carry out. Everything else is in the run's record.</summary>
public sealed record TrainingJob(string Run);
