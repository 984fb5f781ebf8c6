using System.Text.Json;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Telemetry;

namespace ImdbPipeline.Core.Storage;

/// <summary>JSON records in blobs, read with their ETag and only written conditionally.</summary>
public static class JsonBlob
{
    // Metadata that lets a writer recognize its own write after a lost response.
    private const string WriteMark = "write";

    /// <returns>The record and its ETag; null if the blob does not exist.</returns>
    /// <exception cref="InvalidDataException">The blob is not a valid record.</exception>
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
                $"{container.Name}/{path}: expected a valid {typeof(T).Name} as JSON, found {e.Message}. Delete or restore the blob.", e);
        }
    }

    /// <returns>False if the blob already exists; nothing is written then.</returns>
    public static Task<bool> CreateJsonAsync<T>(this BlobContainerClient container, string path, T value, CancellationToken cancellationToken) =>
        WriteJsonAsync(container, path, value, null, cancellationToken);

    /// <param name="read">The blob's ETag when it was read; null if it did not exist.</param>
    /// <returns>False if the blob has changed since it was read; nothing is written then.</returns>
    public static async Task<bool> WriteJsonAsync<T>(this BlobContainerClient container, string path, T value, ETag? read, CancellationToken cancellationToken)
    {
        var mark = Guid.NewGuid().ToString("N");
        var options = new BlobUploadOptions
        {
            Conditions = read.Unchanged(),
            HttpHeaders = new BlobHttpHeaders { ContentType = "application/json" },
            Metadata = TraceContext.AddTo(new Dictionary<string, string> { [WriteMark] = mark }),
        };
        try
        {
            var json = JsonSerializer.SerializeToUtf8Bytes(value, PipelineJson.Record);
            await container.GetBlobClient(path).UploadAsync(new BinaryData(json), options, cancellationToken);
            return true;
        }
        catch (RequestFailedException e) when (e.Status is 409 or 412 && e.ErrorCode is "BlobAlreadyExists" or "ConditionNotMet")
        {
            // After a lost response, the client's retry conflicts with its own write.
            return await container.FindPropertiesAsync(path, cancellationToken) is { } present && present.Metadata.TryGetValue(WriteMark, out var writer) && writer == mark;
        }
    }
}
