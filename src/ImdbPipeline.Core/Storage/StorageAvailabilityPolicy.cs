using Azure.Core;
using Azure.Core.Pipeline;

namespace ImdbPipeline.Core.Storage;

/// <summary>Reports the outcome of each attempt to <see cref="StorageAvailability"/>.</summary>
internal sealed class StorageAvailabilityPolicy(Uri service, StorageAvailability availability) : HttpPipelinePolicy
{
    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        try
        {
            ProcessNext(message, pipeline);
        }
        catch (Exception e) when (Failed(message, e))
        {
            throw;
        }
        Responded(message);
    }

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        try
        {
            await ProcessNextAsync(message, pipeline);
        }
        catch (Exception e) when (Failed(message, e))
        {
            throw;
        }
        Responded(message);
    }

    // A filter that never catches.
    private bool Failed(HttpMessage message, Exception e)
    {
        if (!message.CancellationToken.IsCancellationRequested && StorageOutagePolicy.IsNoResponse(e))
            availability.Failed(service, e.Message);
        return false;
    }

    private void Responded(HttpMessage message)
    {
        if (StorageOutagePolicy.IsOutage(message.Response.Status))
            availability.Failed(service, $"status {message.Response.Status}");
        else
            availability.Responded(service);
    }
}
