using System.Text.Json;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Uploads;

namespace ImdbPipeline.Core.Operations;

/// <summary>Finds out why the upload of a poison blob event failed.</summary>
public sealed class PoisonedUpload(PipelineStorage storage)
{
    private const string Unrecorded = "Every delivery of the event failed; see the host's log. The reconciler retries the upload.";

    /// <param name="body">The Functions host's blob trigger message, which names the blob.</param>
    public async Task<PoisonOutcome> BlobAsync(string body, CancellationToken cancellationToken) =>
        ParseBlob(body) is var (container, name) ? await FindAsync(container, name, cancellationToken) : new PoisonOutcome(null, "The message does not name a blob.");

    /// <param name="body">The Event Grid event.</param>
    /// <exception cref="InputRejectedException">The event is not about an upload.</exception>
    public Task<PoisonOutcome> EventAsync(string body, CancellationToken cancellationToken)
    {
        var upload = UploadEvent.Parse(body);
        return FindAsync(upload.Container, upload.Blob, cancellationToken);
    }

    private async Task<PoisonOutcome> FindAsync(string container, string name, CancellationToken cancellationToken)
    {
        var reason = container switch
        {
            StorageLayout.Datasets => (await storage.FindArchiveRecordAsync(name, null, cancellationToken))?.Reason,
            StorageLayout.Incoming => (await storage.FindRejectionAsync(name, null, cancellationToken))?.Reason,
            _ => null,
        };
        return new PoisonOutcome($"{container}/{name}", reason ?? Unrecorded);
    }

    private static (string Container, string Name)? ParseBlob(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.ValueKind == JsonValueKind.Object
                && PipelineJson.Text(json.RootElement, "ContainerName") is { } container && PipelineJson.Text(json.RootElement, "BlobName") is { } name
                    ? (container, name)
                    : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
