using ImdbPipeline.Core.Storage;

namespace ImdbPipeline.Core.Training;

public sealed class StartTrainingHandler
{
    public Task HandleAsync(QueueDelivery message, CancellationToken cancellationToken) => throw new NotSupportedException(GetType().Name);
}
