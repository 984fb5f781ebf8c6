using Azure.Storage.Queues.Models;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Training;
using Microsoft.Azure.Functions.Worker;

namespace ImdbPipeline.Functions;

/// <summary>A training was asked for: the run is recorded and its job handed to the trainer.</summary>
public sealed class StartTraining(StartTrainingHandler handler)
{
    [Function(nameof(StartTraining))]
    public Task RunAsync([QueueTrigger(StorageLayout.RetrainQueue)] QueueMessage message, CancellationToken cancellationToken) =>
        handler.HandleAsync(message.ToDelivery(), cancellationToken);
}
