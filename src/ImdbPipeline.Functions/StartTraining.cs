using Azure.Storage.Queues.Models;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Training;
using Microsoft.Azure.Functions.Worker;

namespace ImdbPipeline.Functions;

/// <summary>Records the requested run and queues its job for the trainer.</summary>
public sealed class StartTraining(StartTrainingHandler handler)
{
    [Function(nameof(StartTraining))]
    public Task RunAsync([QueueTrigger(StorageLayout.RetrainQueue)] QueueMessage message, CancellationToken cancellationToken) =>
        handler.HandleAsync(message.ToDelivery(), cancellationToken);
}
