namespace ImdbPipeline.Core.Operations;

public sealed class ReconcileHandler
{
    public Task HandleAsync(CancellationToken cancellationToken) => throw new NotSupportedException(GetType().Name);
}
