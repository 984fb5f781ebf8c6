using System.Text.Json;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Endpoints;

/// <summary>The response of an HTTP endpoint, independent of the host that serves it.</summary>
/// <param name="StatusCode">HTTP status code.</param>
/// <param name="ContentType"><c>application/json</c>, or <c>application/problem+json</c> (RFC 9457) for errors.</param>
/// <param name="Json">Response body.</param>
public sealed record EndpointReply(int StatusCode, string ContentType, string Json)
{
    public static EndpointReply Ok<T>(T value) => new(200, "application/json", JsonSerializer.Serialize(value, PipelineJson.Record));

    /// <param name="statusCode">400 for an invalid request, 409 for a request that must wait.</param>
    /// <param name="rule">Id of the violated rule, stable across versions.</param>
    /// <param name="detail">What was expected, what was found and what to do.</param>
    public static EndpointReply Problem(int statusCode, string rule, string detail) =>
        new(statusCode, "application/problem+json",
            JsonSerializer.Serialize(new { type = "about:blank", title = rule, status = statusCode, detail }, PipelineJson.Record));
}
