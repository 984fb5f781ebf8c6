using System.Text.Json;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace ImdbPipeline.Core.Storage;

/// <summary>A JSON record in a blob, read with its ETag and written under a condition, never blindly.</summary>
public static class JsonBlob
{
    /// <returns>The record and its ETag, or null where the blob does not exist.</returns>
    /// <exception cref="InvalidDataException">The blob holds something else than the record.</exception>
    public static async Task<(T Value, ETag ETag)?> ReadJsonAsync<T>(this BlobContainerClient container, string path, CancellationToken cancellationToken)
    {
        try
        {
            var response = await container.GetBlobClient(path).DownloadContentAsync(cancellationToken);
            var value = JsonSerializer.Deserialize<T>(response.Value.Content.ToMemory().Span, PipelineJson.Record)
                ?? throw new JsonException("the JSON value null");
            return (value, response.Value.Details.ETag);
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.BlobNotFound)
        {
            return null;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException(
                $"{container.Name}/{path}: expected a {typeof(T).Name} as JSON, found {e.Message}. Delete or restore the blob.", e);
        }
    }

    /// <returns>False where the blob exists already; nothing is changed then.</returns>
    public static Task<bool> CreateJsonAsync<T>(this BlobContainerClient container, string path, T value, CancellationToken cancellationToken) =>
        WriteAsync(container, path, value, new BlobRequestConditions { IfNoneMatch = ETag.All }, cancellationToken);

    /// <returns>False where the blob is no longer the one that was read; nothing is changed then.</returns>
    public static Task<bool> ReplaceJsonAsync<T>(this BlobContainerClient container, string path, T value, ETag read, CancellationToken cancellationToken) =>
        WriteAsync(container, path, value, new BlobRequestConditions { IfMatch = read }, cancellationToken);

    private static async Task<bool> WriteAsync<T>(
        BlobContainerClient container, string path, T value, BlobRequestConditions conditions, CancellationToken cancellationToken)
    {
        var options = new BlobUploadOptions
        {
            Conditions = conditions,
            HttpHeaders = new BlobHttpHeaders { ContentType = "application/json" },
        };
        try
        {
            var json = JsonSerializer.SerializeToUtf8Bytes(value, PipelineJson.Record);
            await container.GetBlobClient(path).UploadAsync(new BinaryData(json), options, cancellationToken);
            return true;
        }
        catch (RequestFailedException e) when (e.Status is 409 or 412 && e.ErrorCode is "BlobAlreadyExists" or "ConditionNotMet")
        {
            return false;
        }
    }
}
