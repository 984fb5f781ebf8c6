namespace ImdbPipeline.Core.Uploads;

/// <summary><c>runs/_poison/{queue}/{message}.json</c>: a poison message and why it failed.</summary>
/// <param name="Queue">The poison queue.</param>
/// <param name="MessageId">Id on the poison queue; the original message had a different one.</param>
/// <param name="Subject">The run or file concerned; null if unknown.</param>
/// <param name="Reason">The recorded reason, if there is one.</param>
/// <param name="Body">The unchanged message body.</param>
/// <param name="GivenUpAt">When the message reached the poison queue.</param>
public sealed record PoisonRecord(string Queue, string MessageId, string? Subject, string Reason, string Body, DateTimeOffset GivenUpAt);
