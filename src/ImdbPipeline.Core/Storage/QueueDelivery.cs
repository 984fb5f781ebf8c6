namespace ImdbPipeline.Core.Storage;

/// <summary>One delivery of a queue message; the same message may be delivered more than once.</summary>
/// <param name="MessageId">The message's id in storage; the same on every delivery.</param>
/// <param name="InsertedOn">When the message was enqueued; the same on every delivery.</param>
/// <param name="Body">The text, already decoded, see <see cref="QueueText"/>.</param>
public sealed record QueueDelivery(string MessageId, DateTimeOffset InsertedOn, string Body);
