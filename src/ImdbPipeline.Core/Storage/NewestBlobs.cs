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
    /// <param name="damaged">Told about each damaged record, which is left out. Null: the first one is thrown.</param>
    /// <exception cref="InvalidDataException">A record is damaged.</exception>
    public static Task<IReadOnlyList<T>> ReadNewestAsync<T>(
        this BlobContainerClient container, string prefix, Func<string, bool> wanted, int max, CancellationToken cancellationToken, Action<InvalidDataException>? damaged = null) =>
        ReadAsync<T>(container, prefix, wanted, max, max, _ => true, damaged, cancellationToken);

    /// <summary>Reads the newest records that are wanted, newest first; reads as many others as are in between.</summary>
    public static Task<IReadOnlyList<T>> ReadNewestAsync<T>(
        this BlobContainerClient container, string prefix, Func<string, bool> wanted, int max, Func<T, bool> wantedRecord, CancellationToken cancellationToken, Action<InvalidDataException>? damaged = null) =>
        ReadAsync(container, prefix, wanted, int.MaxValue, max, wantedRecord, damaged, cancellationToken);

    private static async Task<IReadOnlyList<T>> ReadAsync<T>(
        BlobContainerClient container, string prefix, Func<string, bool> wanted, int maxListed, int max, Func<T, bool> wantedRecord, Action<InvalidDataException>? damaged,
        CancellationToken cancellationToken)
    {
        var records = new List<T>();
        foreach (var blob in await container.ListNewestAsync(prefix, wanted, maxListed, cancellationToken))
        {
            if (records.Count == max)
                break;
            try
            {
                if (await container.ReadJsonAsync<T>(blob.Name, cancellationToken) is { } record && wantedRecord(record.Value))
                    records.Add(record.Value);
            }
            catch (InvalidDataException e) when (damaged is not null)
            {
                damaged(e);
            }
        }
        return records;
    }
}
