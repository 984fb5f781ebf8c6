using ImdbPipeline.Core.Endpoints;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace ImdbPipeline.Functions;

/// <summary><c>GET /api/status</c>: the state of the pipeline.</summary>
public sealed class Status(StatusEndpoint endpoint)
{
    [Function(nameof(Status))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = StatusEndpoint.Route)] HttpRequest request, CancellationToken cancellationToken)
    {
        var reply = await endpoint.HandleAsync(cancellationToken);
        return Results.Text(reply.Json, reply.ContentType, statusCode: reply.StatusCode);
    }
}
