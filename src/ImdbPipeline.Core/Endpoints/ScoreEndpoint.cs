using ImdbPipeline.Core.Scoring;

namespace ImdbPipeline.Core.Endpoints;

/// <summary><c>POST /api/score</c>: a <see cref="ScoreRequest"/> in, its <see cref="ScoreRecord"/>s out, in the request's order.</summary>
public sealed class ScoreEndpoint(ScoreRequestHandler handler)
{
    /// <summary>Below the route prefix <c>api</c>.</summary>
    public const string Route = "score";

    /// <returns>200 with the records, 400 where the request is wrong, 409 where there is no champion yet.</returns>
    public async Task<EndpointReply> HandleAsync(Stream body, CancellationToken cancellationToken)
    {
        try
        {
            var request = await ScoreRequest.ReadAsync(body, cancellationToken);
            return EndpointReply.Ok(await handler.HandleAsync(request, cancellationToken));
        }
        catch (InputRejectedException e)
        {
            return EndpointReply.Problem(400, e.Rule, e.Message);
        }
        catch (NoChampionException e)
        {
            return EndpointReply.Problem(409, "no-champion", e.Message);
        }
    }
}
