using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace ImdbPipeline.Core.Storage;

/// <summary>ETags without quotation marks, as records store them; listings omit the marks, headers include them.</summary>
public static class BlobETag
{
    public static string Unquoted(this ETag etag) => etag.ToString().Trim('"');

    /// <returns>The ETag for a header.</returns>
    public static ETag Quoted(string unquoted) => new($"\"{unquoted}\"");

    /// <returns>The blob's current ETag; null if the blob does not exist.</returns>
    public static async Task<ETag?> FindETagAsync(this BlobContainerClient container, string path, CancellationToken cancellationToken) =>
        (await container.FindPropertiesAsync(path, cancellationToken))?.ETag;

    /// <returns>Null if the blob does not exist.</returns>
    public static async Task<BlobProperties?> FindPropertiesAsync(this BlobContainerClient container, string path, CancellationToken cancellationToken)
    {
        try
        {
            return (await container.GetBlobClient(path).GetPropertiesAsync(cancellationToken: cancellationToken)).Value;
        }
        catch (RequestFailedException e) when (e.Status == 404 && e.ErrorCode == BlobErrorCode.BlobNotFound)
        {
            return null;
        }
    }

    /// <returns>A condition that holds while the blob is unchanged: still this version, or still absent.</returns>
    public static BlobRequestConditions Unchanged(this ETag? seen) =>
        seen is { } etag ? new BlobRequestConditions { IfMatch = etag } : new BlobRequestConditions { IfNoneMatch = ETag.All };
}
