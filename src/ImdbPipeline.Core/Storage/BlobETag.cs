using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace ImdbPipeline.Core.Storage;

/// <summary>ETags as records keep them: listings give them without quotation marks, headers with.</summary>
public static class BlobETag
{
    public static string Plain(this ETag etag) => etag.ToString().Trim('"');

    /// <returns>The blob's present ETag; null where there is no blob.</returns>
    public static async Task<ETag?> FindETagAsync(this BlobContainerClient container, string path, CancellationToken cancellationToken)
    {
        try
        {
            return (await container.GetBlobClient(path).GetPropertiesAsync(cancellationToken: cancellationToken)).Value.ETag;
        }
        catch (RequestFailedException e) when (e.Status == 404 && e.ErrorCode == BlobErrorCode.BlobNotFound)
        {
            return null;
        }
    }

    /// <returns>The condition under which the blob is still the one that was looked at: this version, or still absent.</returns>
    public static BlobRequestConditions Unchanged(this ETag? seen) =>
        seen is { } etag ? new BlobRequestConditions { IfMatch = etag } : new BlobRequestConditions { IfNoneMatch = ETag.All };
}
