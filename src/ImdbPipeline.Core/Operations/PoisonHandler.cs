using ImdbPipeline.Core.Storage;

namespace ImdbPipeline.Core.Operations;

public sealed class PoisonHandler
{
    public Task HandleAsync(string queue, QueueDelivery message, CancellationToken cancellationToken) => throw new NotSupportedException(GetType().Name);
}
