using Azure.Storage.Queues.Models;
using ImdbPipeline.Core.Storage;

namespace ImdbPipeline.Functions;

internal static class QueueMessages
{
    /// <summary>The parts of a message that the handlers need; the host passes the text on as it was sent.</summary>
    public static QueueDelivery ToDelivery(this QueueMessage message) =>
        new(message.MessageId, message.InsertedOn ?? throw new InvalidDataException($"Message {message.MessageId}: expected an insertion time, found none. The storage service always sets it."), QueueText.Decode(message.MessageText));
}
