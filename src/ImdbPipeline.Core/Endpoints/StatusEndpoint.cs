using ImdbPipeline.Core.Operations;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.Core.Endpoints;

/// <summary><c>GET /api/status</c>: returns the <see cref="PipelineStatus"/>.</summary>
public sealed class StatusEndpoint(StatusHandler handler, ILogger<StatusEndpoint> log)
{
    /// <summary>Relative to the route prefix <c>api</c>.</summary>
    public const string Route = "status";

    /// <returns>200 with the status, 503 if storage does not respond.</returns>
    public Task<EndpointReply> HandleAsync(CancellationToken cancellationToken) =>
        EndpointReply.OfAsync(() => handler.HandleAsync(cancellationToken), log, cancellationToken);
}
