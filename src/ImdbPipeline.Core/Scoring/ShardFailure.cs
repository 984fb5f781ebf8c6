namespace ImdbPipeline.Core.Scoring;

/// <summary>Why the last attempt to score a shard failed.</summary>
/// <param name="Error">Exception type.</param>
/// <param name="Reason">Exception message.</param>
/// <param name="At">Time of the failure.</param>
public sealed record ShardFailure(string Error, string Reason, DateTimeOffset At);
