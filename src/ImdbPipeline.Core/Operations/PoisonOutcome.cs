namespace ImdbPipeline.Core.Operations;

/// <summary>The subject of a poison message and why it failed.</summary>
/// <param name="Subject">A run or a file; null if unknown.</param>
/// <param name="Reason">The recorded reason, if there is one.</param>
public sealed record PoisonOutcome(string? Subject, string Reason);
