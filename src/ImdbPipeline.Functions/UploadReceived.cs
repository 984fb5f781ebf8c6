using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Uploads;
using Microsoft.Azure.Functions.Worker;

namespace ImdbPipeline.Functions;

/// <summary>
/// Handles an upload event from Event Grid. The events also wake an app that is scaled to zero, so a deployment with Event Grid
/// disables the blob triggers, which poll for uploads.
/// </summary>
public sealed class UploadReceived(UploadHandler handler)
{
    [Function(nameof(UploadReceived))]
    public Task RunAsync([QueueTrigger(StorageLayout.BlobEventsQueue)] string body, CancellationToken cancellationToken) =>
        handler.HandleAsync(body, cancellationToken);
}
