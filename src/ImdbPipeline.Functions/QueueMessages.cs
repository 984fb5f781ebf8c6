using Azure.Storage.Queues.Models;
using ImdbPipeline.Core.Storage;

namespace ImdbPipeline.Functions;

internal static class QueueMessages
{
    /// <summary>The parts of a message that the handlers need; the host has already decoded the Base64.</summary>
    public static QueueDelivery ToDelivery(this QueueMessage message) =>
        new(message.MessageId, message.InsertedOn ?? throw new InvalidDataException($"Message {message.MessageId}: expected an insertion time, found none. The storage service always sets it."), message.MessageText);
}
