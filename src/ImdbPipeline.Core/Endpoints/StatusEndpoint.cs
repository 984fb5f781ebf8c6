using ImdbPipeline.Core.Operations;

namespace ImdbPipeline.Core.Endpoints;

/// <summary><c>GET /api/status</c>: returns the <see cref="PipelineStatus"/>.</summary>
public sealed class StatusEndpoint(StatusHandler handler)
{
    /// <summary>Relative to the route prefix <c>api</c>.</summary>
    public const string Route = "status";

    public async Task<EndpointReply> HandleAsync(CancellationToken cancellationToken) =>
        EndpointReply.Ok(await handler.HandleAsync(cancellationToken));
}
