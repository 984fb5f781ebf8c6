using System.Text.Json;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.Core.Endpoints;

/// <summary>The response of an HTTP endpoint, independent of the host that serves it.</summary>
/// <param name="StatusCode">HTTP status code.</param>
/// <param name="ContentType"><c>application/json</c>, or <c>application/problem+json</c> (RFC 9457) for errors.</param>
/// <param name="Json">Response body.</param>
public sealed record EndpointReply(int StatusCode, string ContentType, string Json)
{
    public static EndpointReply Ok<T>(T value) => new(200, "application/json", JsonSerializer.Serialize(value, PipelineJson.Record));

    /// <param name="statusCode">400 for an invalid request, 409 for one that must wait, 500 for a fault of the pipeline, 503 for an outage.</param>
    /// <param name="rule">Id of the violated rule, stable across versions.</param>
    /// <param name="detail">What was expected, what was found and what to do.</param>
    public static EndpointReply Problem(int statusCode, string rule, string detail) =>
        new(statusCode, "application/problem+json",
            JsonSerializer.Serialize(new { type = "about:blank", title = rule, status = statusCode, detail }, PipelineJson.Record));

    /// <summary>Answers with what <paramref name="answer"/> returns, or with the problem that it throws.</summary>
    internal static async Task<EndpointReply> OfAsync<T>(Func<Task<T>> answer, ILogger log, CancellationToken cancellationToken)
    {
        try
        {
            return Ok(await answer());
        }
        catch (InputRejectedException e)
        {
            return Problem(400, e.Rule, e.Message);
        }
        catch (NoChampionException e)
        {
            return Problem(409, ErrorRules.NoChampion.Id, e.Message);
        }
        catch (StorageUnavailableException e)
        {
            return Problem(503, ErrorRules.StorageUnavailable.Id, e.Message);
        }
        catch (ChampionUnusableException e)
        {
            log.RequestFailed(e);
            return Problem(500, ErrorRules.ChampionUnusable.Id, e.Message);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            log.RequestFailed(e);
            return Problem(500, ErrorRules.InternalError.Id, $"The request failed: {e.Message} The host's log has the details.");
        }
    }
}
