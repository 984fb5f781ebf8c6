using System.Text.Json;
using Azure;
using Azure.Storage.Blobs.Models;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Storage;

namespace ImdbPipeline.Core.Operations;

/// <summary>The hosts that are alive.</summary>
public sealed class HostStore(PipelineStorage storage, TimeProvider timeProvider)
{
    /// <summary>How often a host writes its record.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    /// <summary>A host whose record is older was killed.</summary>
    private static readonly TimeSpan staleAfter = 4 * Interval;

    /// <param name="name">A name that no other host has, safe in paths.</param>
    public Task WriteAsync(string name, HostRecord host, CancellationToken cancellationToken) =>
        storage.Runs.GetBlobClient(StorageLayout.Host(name)).UploadAsync(new BinaryData(JsonSerializer.SerializeToUtf8Bytes(host, PipelineJson.Record)), overwrite: true, cancellationToken);

    public Task DeleteAsync(string name, CancellationToken cancellationToken) =>
        storage.Runs.GetBlobClient(StorageLayout.Host(name)).DeleteIfExistsAsync(cancellationToken: cancellationToken);

    public async Task<IReadOnlyList<HostRecord>> ListAsync(CancellationToken cancellationToken)
    {
        var hosts = new List<HostRecord>();
        await foreach (var blob in ListBlobsAsync(cancellationToken))
        {
            if (!IsStale(blob) && await storage.Runs.ReadJsonAsync<HostRecord>(blob.Name, cancellationToken) is { } host)
                hosts.Add(host.Value);
        }
        return hosts;
    }

    /// <summary>Deletes the records of hosts that were killed.</summary>
    public async Task DeleteStaleAsync(CancellationToken cancellationToken)
    {
        await foreach (var blob in ListBlobsAsync(cancellationToken))
        {
            if (IsStale(blob))
                await storage.Runs.GetBlobClient(blob.Name).DeleteIfExistsAsync(cancellationToken: cancellationToken);
        }
    }

    private AsyncPageable<BlobItem> ListBlobsAsync(CancellationToken cancellationToken) => storage.Runs.GetBlobsAsync(new GetBlobsOptions { Prefix = StorageLayout.Hosts }, cancellationToken);

    private bool IsStale(BlobItem blob) => timeProvider.GetUtcNow() - blob.Properties.LastModified > staleAfter;
}
