namespace ImdbPipeline.Core.Scoring;

/// <summary>Why a shard failed when it was last tried.</summary>
/// <param name="Error">The exception's type.</param>
/// <param name="Reason">Its message.</param>
/// <param name="At">When.</param>
public sealed record ShardFailure(string Error, string Reason, DateTimeOffset At);
