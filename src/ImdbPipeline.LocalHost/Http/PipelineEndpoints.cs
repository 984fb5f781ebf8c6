using ImdbPipeline.Core.Endpoints;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ImdbPipeline.LocalHost.Http;

/// <summary>The endpoints of the Functions app under the same paths; they need no key on a loopback address.</summary>
internal static class PipelineEndpoints
{
    private const string Prefix = "/api/";

    public static void MapPipeline(this IEndpointRouteBuilder routes)
    {
        routes.MapPost(Prefix + ScoreEndpoint.Route, async (HttpRequest request, ScoreEndpoint endpoint, CancellationToken cancellationToken) =>
            ToResult(await endpoint.HandleAsync(request.Body, request.Query[ScoreEndpoint.TaskParameter], cancellationToken)));
        routes.MapGet(Prefix + StatusEndpoint.Route, async (StatusEndpoint endpoint, CancellationToken cancellationToken) =>
            ToResult(await endpoint.HandleAsync(cancellationToken)));
    }

    public static IResult ToResult(EndpointReply reply) => Results.Text(reply.Json, reply.ContentType, statusCode: reply.StatusCode);
}
