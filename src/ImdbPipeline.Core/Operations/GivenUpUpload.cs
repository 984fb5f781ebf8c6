using System.Text.Json;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;

namespace ImdbPipeline.Core.Operations;

/// <summary>Finds what became of an upload whose blob event was given up; the message is the Functions host's and names the blob.</summary>
public sealed class GivenUpUpload(PipelineStorage storage)
{
    private const string Unrecorded = "Every delivery of the event failed; the host's log says why. The reconciler tries the upload again.";

    public async Task<GivenUp> BlobAsync(string body, CancellationToken cancellationToken)
    {
        if (Blob(body) is not var (container, name))
            return new GivenUp(null, "The message names no blob.");
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
                && Text(json.RootElement, "ContainerName") is { } container && Text(json.RootElement, "BlobName") is { } name
                    ? (container, name)
                    : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement json, string property) =>
        json.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
