using System.Diagnostics;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using ImdbPipeline.Core.Telemetry;

namespace ImdbPipeline.Core.Storage;

/// <summary>One content of an uploaded blob.</summary>
/// <param name="ETag">Tells it from earlier and later ones.</param>
/// <param name="Cause">The trace it belongs to: the uploader's, or its own.</param>
public sealed record Upload(ETag ETag, ActivityContext Cause);

/// <summary>Looks for uploads.</summary>
public static class Uploaded
{
    /// <returns>The blob's present content; null where there is no blob.</returns>
    public static async Task<Upload?> FindUploadAsync(this BlobContainerClient container, string path, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(container);
        try
        {
            var blob = (await container.GetBlobClient(path).GetPropertiesAsync(cancellationToken: cancellationToken)).Value;
            return new Upload(blob.ETag, Cause.OfMetadata(blob.Metadata, $"{container.Name}/{path}/{blob.ETag.Plain()}"));
        }
        catch (RequestFailedException e) when (e.Status == 404 && e.ErrorCode == BlobErrorCode.BlobNotFound)
        {
            return null;
        }
    }
}
