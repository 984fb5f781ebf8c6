using System.Text.Json;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Uploads;

namespace ImdbPipeline.Core.Operations;

/// <summary>Finds what became of an upload whose blob event was given up.</summary>
public sealed class GivenUpUpload(PipelineStorage storage)
{
    private const string Unrecorded = "Every delivery of the event failed; the host's log says why. The reconciler tries the upload again.";

    /// <param name="body">The Functions host's message, which names the blob.</param>
    public async Task<GivenUp> BlobAsync(string body, CancellationToken cancellationToken) =>
        Blob(body) is var (container, name) ? await FindAsync(container, name, cancellationToken) : new GivenUp(null, "The message names no blob.");

    /// <param name="body">Event Grid's event.</param>
    /// <exception cref="InputRejectedException">It is no event of an upload.</exception>
    public Task<GivenUp> EventAsync(string body, CancellationToken cancellationToken)
    {
        var upload = UploadEvent.Parse(body);
        return FindAsync(upload.Container, upload.Blob, cancellationToken);
    }

    private async Task<GivenUp> FindAsync(string container, string name, CancellationToken cancellationToken)
    {
        var reason = container switch
        {
            StorageLayout.Datasets =>
                (await storage.Prepared.ReadJsonAsync<ArchiveRecord>(StorageLayout.ArchiveRecord(name), cancellationToken))?.Value.Reason,
            StorageLayout.Incoming when IncomingFormat.IsPlain(name) =>
                (await storage.Scores.ReadJsonAsync<IncomingRejection>(StorageLayout.ScoreRejection(name), cancellationToken))?.Value.Reason,
            _ => null,
        };
        return new GivenUp($"{container}/{name}", reason ?? Unrecorded);
    }

    private static (string Container, string Name)? Blob(string body)
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
