using System.Diagnostics;
using Azure;
using Azure.Storage.Blobs;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Telemetry;

namespace ImdbPipeline.Core.Uploads;

/// <summary>One version of an uploaded blob.</summary>
/// <param name="ETag">Distinguishes it from earlier and later versions.</param>
/// <param name="Cause">Trace context of the uploader, or a new one.</param>
public sealed record Upload(ETag ETag, ActivityContext Cause);

/// <summary>Finds uploads.</summary>
public static class UploadExtensions
{
    /// <returns>The blob's current version; null if the blob does not exist.</returns>
    public static async Task<Upload?> FindUploadAsync(this BlobContainerClient container, string path, CancellationToken cancellationToken) =>
        await container.FindPropertiesAsync(path, cancellationToken) is { } blob
            ? new Upload(blob.ETag, TraceContext.OfMetadata(blob.Metadata, $"{container.Name}/{path}/{blob.ETag.Unquoted()}"))
            : null;
}
