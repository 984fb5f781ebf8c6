using ImdbPipeline.Core.Scoring;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.Core.Endpoints;

/// <summary><c>POST /api/score</c>: takes a <see cref="ScoreRequest"/> and returns a <see cref="ScoreRecord"/>, or a list of them in request order.</summary>
public sealed class ScoreEndpoint(ScoreRequestHandler handler, ILogger<ScoreEndpoint> log)
{
    /// <summary>Relative to the route prefix <c>api</c>.</summary>
    public const string Route = "score";

    /// <summary>The query parameter that names the task.</summary>
    public const string TaskParameter = "task";

    /// <param name="body">The request body.</param>
    /// <param name="task">The query parameter <see cref="TaskParameter"/>; null or empty for the default task.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>
    /// 200 with the record or records, 400 if the request is invalid, 409 if there is no champion yet, 500 if the champion cannot be used, 503 if storage does not
    /// respond and the champion is not in memory.
    /// </returns>
    public Task<EndpointReply> HandleAsync(Stream body, string? task, CancellationToken cancellationToken) =>
        EndpointReply.OfAsync(() => ScoreAsync(body, task, cancellationToken), log, cancellationToken);

    private async Task<object> ScoreAsync(Stream body, string? task, CancellationToken cancellationToken)
    {
        var request = (await ScoreRequest.ReadAsync(body, cancellationToken)).For(task);
        var records = await handler.HandleAsync(request, cancellationToken);
        return request.IsSingle ? records[0] : records;
    }
}
