namespace ImdbPipeline.Core.Storage;

/// <summary>One delivery of a queue message; the same message may be delivered more than once.</summary>
/// <param name="MessageId">The storage service's id of the message: the same on every delivery.</param>
/// <param name="InsertedOn">When the message was put on the queue: the same on every delivery.</param>
/// <param name="Body">The text, Base64 already removed.</param>
public sealed record QueueDelivery(string MessageId, DateTimeOffset InsertedOn, string Body);
