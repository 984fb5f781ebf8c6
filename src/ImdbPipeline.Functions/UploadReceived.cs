using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Uploads;
using Microsoft.Azure.Functions.Worker;

namespace ImdbPipeline.Functions;

/// <summary>
/// Event Grid tells of an upload. Where it does, it wakes an app that is scaled to nothing, and the blob triggers, which have
/// to look for uploads themselves, are disabled.
/// </summary>
public sealed class UploadReceived(UploadHandler handler)
{
    [Function(nameof(UploadReceived))]
    public Task RunAsync([QueueTrigger(StorageLayout.BlobEventsQueue)] string body, CancellationToken cancellationToken) =>
        handler.HandleAsync(body, cancellationToken);
}
