using System.Text.Json;
using ImdbPipeline.Core.Storage;

namespace ImdbPipeline.Core.Uploads;

/// <summary>A blob was uploaded: what Event Grid tells of it on the <c>blob-events</c> queue, in the CloudEvents 1.0 schema.</summary>
/// <param name="Container">One that uploads are handled in.</param>
/// <param name="Blob">The blob's name in it.</param>
public sealed record UploadEvent(string Container, string Blob)
{
    public const string BlobCreated = "Microsoft.Storage.BlobCreated";

    private const string Subject = "/blobServices/default/containers/";
    private const string Blobs = "/blobs/";

    /// <exception cref="InputRejectedException">The body is no such event, or one of another container.</exception>
    public static UploadEvent Parse(string body)
    {
        const string Expected = $"a CloudEvent of type {BlobCreated} whose subject names a blob in {StorageLayout.Datasets} or {StorageLayout.Incoming}";
        try
        {
            using var json = JsonDocument.Parse(body);
            if (json.RootElement.ValueKind != JsonValueKind.Object || PipelineJson.Text(json.RootElement, "type") != BlobCreated)
                throw Refused("another message");
            if (PipelineJson.Text(json.RootElement, "subject") is not { } subject || !subject.StartsWith(Subject, StringComparison.Ordinal))
                throw Refused("no subject of a blob");
            var path = subject[Subject.Length..];
            return path.IndexOf(Blobs, StringComparison.Ordinal) is > 0 and var slash && path[..slash] is StorageLayout.Datasets or StorageLayout.Incoming && path.Length > slash + Blobs.Length
                ? new UploadEvent(path[..slash], path[(slash + Blobs.Length)..])
                : throw Refused($"the subject {subject}");
        }
        catch (JsonException e)
        {
            throw Refused($"invalid JSON ({e.Message})", e);
        }

        static InputRejectedException Refused(string found, Exception? inner = null) => new(
            "blob-event", $"{StorageLayout.BlobEventsQueue} message", Expected, found, "Let the event subscription of the storage account write to this queue, and nobody else.", inner);
    }
}
