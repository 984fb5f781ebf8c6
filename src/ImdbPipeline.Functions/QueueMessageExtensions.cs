using Azure.Storage.Queues.Models;
using ImdbPipeline.Core.Storage;

namespace ImdbPipeline.Functions;

internal static class QueueMessageExtensions
{
    /// <summary>What the handlers need of a message; the host has removed the Base64 already.</summary>
    public static QueueDelivery ToDelivery(this QueueMessage message) =>
        new(message.MessageId, message.InsertedOn ?? throw new InvalidDataException($"Message {message.MessageId}: expected the time it was inserted, found none. The storage service always gives it."), message.MessageText);
}
