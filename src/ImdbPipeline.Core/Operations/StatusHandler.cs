namespace ImdbPipeline.Core.Operations;

public sealed class StatusHandler
{
    public Task<PipelineStatus> HandleAsync(CancellationToken cancellationToken) => throw new NotSupportedException(GetType().Name);
}
