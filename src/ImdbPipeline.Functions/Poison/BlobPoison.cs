using Azure.Storage.Queues.Models;
using ImdbPipeline.Core.Operations;
using ImdbPipeline.Core.Storage;
using Microsoft.Azure.Functions.Worker;

namespace ImdbPipeline.Functions.Poison;

/// <summary>Records why an uploaded archive or incoming file became a poison message.</summary>
public sealed class BlobPoison(PoisonHandler handler)
{
    [Function(nameof(BlobPoison))]
    public Task RunAsync([QueueTrigger(StorageLayout.BlobTriggerPoisonQueue)] QueueMessage message, CancellationToken cancellationToken) =>
        handler.HandleAsync(StorageLayout.BlobTriggerPoisonQueue, message.ToDelivery(), cancellationToken);
}
