using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Scoring;

namespace ImdbPipeline.Core.Endpoints;

/// <summary><c>POST /api/score</c>: takes a <see cref="ScoreRequest"/> and returns <see cref="ScoreRecord"/>s in request order.</summary>
public sealed class ScoreEndpoint(ScoreRequestHandler handler)
{
    /// <summary>Relative to the route prefix <c>api</c>.</summary>
    public const string Route = "score";

    /// <returns>200 with the records, 400 if the request is invalid, 409 if there is no champion yet.</returns>
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
            return EndpointReply.Problem(409, ErrorRules.NoChampion.Id, e.Message);
        }
    }
}
