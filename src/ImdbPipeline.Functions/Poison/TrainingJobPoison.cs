using Azure.Storage.Queues.Models;
using ImdbPipeline.Core.Operations;
using ImdbPipeline.Core.Storage;
using Microsoft.Azure.Functions.Worker;

namespace ImdbPipeline.Functions.Poison;

/// <summary>Records why a training job became a poison message.</summary>
public sealed class TrainingJobPoison(PoisonHandler handler)
{
    [Function(nameof(TrainingJobPoison))]
    public Task RunAsync([QueueTrigger(StorageLayout.TrainingJobsPoisonQueue)] QueueMessage message, CancellationToken cancellationToken) =>
        handler.HandleAsync(StorageLayout.TrainingJobsPoisonQueue, message.ToDelivery(), cancellationToken);
}
