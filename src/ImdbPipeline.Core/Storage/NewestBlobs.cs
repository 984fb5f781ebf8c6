using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace ImdbPipeline.Core.Storage;

/// <summary>Lists a container's newest blobs, in memory bounded by their maximum number.</summary>
public static class NewestBlobs
{
    /// <param name="wanted">Selects blobs by name.</param>
    /// <returns>At most <paramref name="max"/> blobs, newest first.</returns>
    public static async Task<IReadOnlyList<BlobItem>> ListNewestAsync(
        this BlobContainerClient container, string prefix, Func<string, bool> wanted, int max, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(container);
        ArgumentNullException.ThrowIfNull(wanted);
        var newest = new PriorityQueue<BlobItem, DateTimeOffset>();
        await foreach (var blob in container.GetBlobsAsync(new GetBlobsOptions { Prefix = prefix }, cancellationToken))
        {
            if (!wanted(blob.Name))
                continue;
            newest.Enqueue(blob, blob.Properties.LastModified ?? default);
            if (newest.Count > max)
                newest.Dequeue();
        }
        return [.. newest.UnorderedItems.OrderByDescending(b => b.Priority).ThenBy(b => b.Element.Name, StringComparer.Ordinal).Select(b => b.Element)];
    }

    /// <summary>Reads the newest records, newest first; those deleted in the meantime are left out.</summary>
    public static async Task<IReadOnlyList<T>> ReadNewestAsync<T>(
        this BlobContainerClient container, string prefix, Func<string, bool> wanted, int max, CancellationToken cancellationToken)
    {
        var records = new List<T>();
        foreach (var blob in await container.ListNewestAsync(prefix, wanted, max, cancellationToken))
            if (await container.ReadJsonAsync<T>(blob.Name, cancellationToken) is { } record)
                records.Add(record.Value);
        return records;
    }
}
