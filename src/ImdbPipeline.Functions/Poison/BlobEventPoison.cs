using Azure.Storage.Queues.Models;
using ImdbPipeline.Core.Operations;
using ImdbPipeline.Core.Storage;
using Microsoft.Azure.Functions.Worker;

namespace ImdbPipeline.Functions.Poison;

/// <summary>Records why a blob event became a poison message.</summary>
public sealed class BlobEventPoison(PoisonHandler handler)
{
    [Function(nameof(BlobEventPoison))]
    public Task RunAsync([QueueTrigger(StorageLayout.BlobEventsPoisonQueue)] QueueMessage message, CancellationToken cancellationToken) =>
        handler.HandleAsync(StorageLayout.BlobEventsPoisonQueue, message.ToDelivery(), cancellationToken);
}
