using ImdbPipeline.Core.Endpoints;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace ImdbPipeline.Functions;

/// <summary><c>POST /api/score</c>: scores one or a few texts with the champion.</summary>
public sealed class Score(ScoreEndpoint endpoint)
{
    [Function(nameof(Score))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = ScoreEndpoint.Route)] HttpRequest request, CancellationToken cancellationToken)
    {
        var reply = await endpoint.HandleAsync(request.Body, cancellationToken);
        return Results.Text(reply.Json, reply.ContentType, statusCode: reply.StatusCode);
    }
}
