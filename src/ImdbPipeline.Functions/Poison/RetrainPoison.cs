using Azure.Storage.Queues.Models;
using ImdbPipeline.Core.Operations;
using ImdbPipeline.Core.Storage;
using Microsoft.Azure.Functions.Worker;

namespace ImdbPipeline.Functions.Poison;

/// <summary>Records why a retrain message became a poison message.</summary>
public sealed class RetrainPoison(PoisonHandler handler)
{
    [Function(nameof(RetrainPoison))]
    public Task RunAsync([QueueTrigger(StorageLayout.RetrainPoisonQueue)] QueueMessage message, CancellationToken cancellationToken) =>
        handler.HandleAsync(StorageLayout.RetrainPoisonQueue, message.ToDelivery(), cancellationToken);
}
