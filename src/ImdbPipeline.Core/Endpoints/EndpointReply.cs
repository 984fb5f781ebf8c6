using System.Text.Json;

namespace ImdbPipeline.Core.Endpoints;

/// <summary>What an HTTP endpoint answers, whichever host serves it.</summary>
/// <param name="StatusCode">The HTTP status.</param>
/// <param name="ContentType"><c>application/json</c>, or <c>application/problem+json</c> (RFC 9457) where something is wrong.</param>
/// <param name="Json">The body.</param>
public sealed record EndpointReply(int StatusCode, string ContentType, string Json)
{
    public static EndpointReply Ok<T>(T value) => new(200, "application/json", JsonSerializer.Serialize(value, PipelineJson.Record));

    /// <param name="statusCode">400 for a request to correct, 409 for one that has to wait.</param>
    /// <param name="rule">The broken rule, stable across versions.</param>
    /// <param name="detail">What was expected, what was found, what to do.</param>
    public static EndpointReply Problem(int statusCode, string rule, string detail) =>
        new(statusCode, "application/problem+json",
            JsonSerializer.Serialize(new { type = "about:blank", title = rule, status = statusCode, detail }, PipelineJson.Record));
}
