using Azure;
using Azure.Core;
using Azure.Core.Pipeline;

namespace ImdbPipeline.Core.Storage;

/// <summary>Reports exhausted retries as a <see cref="StorageUnavailableException"/>.</summary>
/// <remarks>Responses that do not indicate an outage (404, 409, 412 …) pass through unchanged.</remarks>
/// <param name="account">The service's address, without signatures or keys.</param>
internal sealed class StorageOutagePolicy(Uri account) : HttpPipelinePolicy
{
    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        try
        {
            ProcessNext(message, pipeline);
        }
        catch (Exception e) when (IsUnavailable(e, message))
        {
            throw Unavailable(message, e);
        }
        ThrowIfUnavailable(message);
    }

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        try
        {
            await ProcessNextAsync(message, pipeline);
        }
        catch (Exception e) when (IsUnavailable(e, message))
        {
            throw Unavailable(message, e);
        }
        ThrowIfUnavailable(message);
    }

    // The retry policy wraps several failures in an AggregateException, and reports a timed-out attempt as cancelled.
    private static bool IsUnavailable(Exception e, HttpMessage message) =>
        !message.CancellationToken.IsCancellationRequested
        && (e is AggregateException several ? several.InnerExceptions.All(IsNoResponse) : IsNoResponse(e));

    /// <summary>Whether a status indicates that the service, not the request, is at fault.</summary>
    internal static bool IsOutage(int status) => status is 408 or 429 or 500 or 502 or 503 or 504;

    internal static bool IsNoResponse(Exception e) => e is RequestFailedException { Status: 0 } or IOException or OperationCanceledException;

    private StorageUnavailableException Unavailable(HttpMessage message, Exception e)
    {
        var last = e is AggregateException several ? several.InnerExceptions[^1] : e;
        return new StorageUnavailableException(account, $"none ({last.Message})", message.ProcessingContext.RetryNumber + 1, 0, null, e);
    }

    private void ThrowIfUnavailable(HttpMessage message)
    {
        var response = message.Response;
        if (!IsOutage(response.Status))
            return;
        var code = response.Headers.TryGetValue("x-ms-error-code", out var given) ? given : null;
        var found = $"status {response.Status} ({code ?? response.ReasonPhrase})";
        response.Dispose();
        throw new StorageUnavailableException(account, found, message.ProcessingContext.RetryNumber + 1, response.Status, code, null);
    }
}
