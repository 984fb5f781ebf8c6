namespace ImdbPipeline.Core.Operations;

/// <summary><c>runs/_poison/{queue}/{message}.json</c>: a message that was given up, and why.</summary>
/// <param name="Queue">The poison queue.</param>
/// <param name="MessageId">On that queue; the original had another.</param>
/// <param name="Subject">What the message was about: a run, a file; null where it cannot be told.</param>
/// <param name="Reason">Why it was given up, as far as anyone recorded it.</param>
/// <param name="Body">As it was.</param>
/// <param name="GivenUpAt">When it came to the poison queue.</param>
public sealed record PoisonRecord(string Queue, string MessageId, string? Subject, string Reason, string Body, DateTimeOffset GivenUpAt);
