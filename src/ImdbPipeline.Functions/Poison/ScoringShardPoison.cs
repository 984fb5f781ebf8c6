using Azure.Storage.Queues.Models;
using ImdbPipeline.Core.Operations;
using ImdbPipeline.Core.Storage;
using Microsoft.Azure.Functions.Worker;

namespace ImdbPipeline.Functions.Poison;

/// <summary>Records why a shard's message became a poison message.</summary>
public sealed class ScoringShardPoison(PoisonHandler handler)
{
    [Function(nameof(ScoringShardPoison))]
    public Task RunAsync([QueueTrigger(StorageLayout.ScoringShardsPoisonQueue)] QueueMessage message, CancellationToken cancellationToken) =>
        handler.HandleAsync(StorageLayout.ScoringShardsPoisonQueue, message.ToDelivery(), cancellationToken);
}
