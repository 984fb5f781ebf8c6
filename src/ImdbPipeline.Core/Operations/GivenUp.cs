namespace ImdbPipeline.Core.Operations;

/// <summary>What a given-up message was about, and why it was given up.</summary>
/// <param name="Subject">A run, a file; null where it cannot be told.</param>
/// <param name="Reason">As far as anyone recorded it.</param>
public sealed record GivenUp(string? Subject, string Reason);
