using Azure.Storage.Queues.Models;
using ImdbPipeline.Core.Operations;
using ImdbPipeline.Core.Storage;
using Microsoft.Azure.Functions.Worker;

namespace ImdbPipeline.Functions;

/// <summary>One trigger per poison queue: each records why the message failed.</summary>
public sealed class PoisonTriggers(PoisonHandler handler)
{
    [Function(nameof(RetrainPoison))]
    public Task RetrainPoison([QueueTrigger(StorageLayout.RetrainPoisonQueue)] QueueMessage message, CancellationToken cancellationToken) =>
        handler.HandleAsync(StorageLayout.RetrainPoisonQueue, message.ToDelivery(), cancellationToken);

    [Function(nameof(TrainingJobPoison))]
    public Task TrainingJobPoison([QueueTrigger(StorageLayout.TrainingJobsPoisonQueue)] QueueMessage message, CancellationToken cancellationToken) =>
        handler.HandleAsync(StorageLayout.TrainingJobsPoisonQueue, message.ToDelivery(), cancellationToken);

    [Function(nameof(ScoringShardPoison))]
    public Task ScoringShardPoison([QueueTrigger(StorageLayout.ScoringShardsPoisonQueue)] QueueMessage message, CancellationToken cancellationToken) =>
        handler.HandleAsync(StorageLayout.ScoringShardsPoisonQueue, message.ToDelivery(), cancellationToken);

    [Function(nameof(BlobEventPoison))]
    public Task BlobEventPoison([QueueTrigger(StorageLayout.BlobEventsPoisonQueue)] QueueMessage message, CancellationToken cancellationToken) =>
        handler.HandleAsync(StorageLayout.BlobEventsPoisonQueue, message.ToDelivery(), cancellationToken);

    /// <summary>Where the Functions host puts events of its own blob triggers.</summary>
    [Function(nameof(BlobPoison))]
    public Task BlobPoison([QueueTrigger(StorageLayout.BlobTriggerPoisonQueue)] QueueMessage message, CancellationToken cancellationToken) =>
        handler.HandleAsync(StorageLayout.BlobTriggerPoisonQueue, message.ToDelivery(), cancellationToken);
}
