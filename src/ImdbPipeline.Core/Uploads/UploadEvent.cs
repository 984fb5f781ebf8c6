using System.Text.Json;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Storage;

namespace ImdbPipeline.Core.Uploads;

/// <summary>A blob upload reported by Event Grid on the <c>blob-events</c> queue, in the CloudEvents 1.0 schema.</summary>
/// <param name="Container"><c>datasets</c> or <c>incoming</c>.</param>
/// <param name="Blob">The blob's name in the container.</param>
public sealed record UploadEvent(string Container, string Blob)
{
    public const string BlobCreated = "Microsoft.Storage.BlobCreated";

    private const string Subject = "/blobServices/default/containers/";
    private const string Blobs = "/blobs/";

    /// <exception cref="InputRejectedException">The body is not such an event, or names another container.</exception>
    public static UploadEvent Parse(string body)
    {
        const string Expected = $"a CloudEvent of type {BlobCreated} whose subject names a blob in {StorageLayout.Datasets} or {StorageLayout.Incoming}";
        try
        {
            using var json = JsonDocument.Parse(body);
            if (json.RootElement.ValueKind != JsonValueKind.Object || PipelineJson.Text(json.RootElement, "type") != BlobCreated)
                throw Rejected("another message");
            if (PipelineJson.Text(json.RootElement, "subject") is not { } subject || !subject.StartsWith(Subject, StringComparison.Ordinal))
                throw Rejected("a subject that is not a blob");
            var path = subject[Subject.Length..];
            return path.IndexOf(Blobs, StringComparison.Ordinal) is > 0 and var slash && path[..slash] is StorageLayout.Datasets or StorageLayout.Incoming && path.Length > slash + Blobs.Length
                ? new UploadEvent(path[..slash], path[(slash + Blobs.Length)..])
                : throw Rejected($"the subject {subject}");
        }
        // The latter for a string with half a surrogate pair.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw Rejected($"invalid JSON ({e.Message})", e);
        }

        static InputRejectedException Rejected(string found, Exception? inner = null) => new(
            ErrorRules.BlobEvent, $"{StorageLayout.BlobEventsQueue} message", Expected, found, "Only the storage account's event subscription may write to this queue.", inner);
    }
}
