using ImdbPipeline.Core.Storage;

namespace ImdbPipeline.Testing.Faults;

/// <summary>A storage account reached through connections that can be cut and restored.</summary>
public sealed class InterruptibleAccount : IAsyncDisposable
{
    private readonly InterruptibleProxy blobs;
    private readonly InterruptibleProxy queues;

    public InterruptibleAccount(StorageOptions account, StorageRetries retries)
    {
        ArgumentNullException.ThrowIfNull(account);
        (blobs, queues) = (new InterruptibleProxy(new Uri(Endpoint(account, "Blob")).Port), new InterruptibleProxy(new Uri(Endpoint(account, "Queue")).Port));
        Options = account with
        {
            ConnectionString = account.ConnectionString!
                .Replace(Endpoint(account, "Blob"), Endpoint(account, "Blob", blobs.Port), StringComparison.Ordinal)
                .Replace(Endpoint(account, "Queue"), Endpoint(account, "Queue", queues.Port), StringComparison.Ordinal),
            Retries = retries,
        };
    }

    public StorageOptions Options { get; }

    /// <summary>Cuts each connection once this many more bytes have passed.</summary>
    /// <returns>Completes when both are cut.</returns>
    public Task CutAfterAsync(long bytes) => Task.WhenAll(CutBlobsAfterAsync(bytes), queues.CutAfterAsync(bytes));

    /// <summary>Cuts only the connection to blob storage.</summary>
    public Task CutBlobsAfterAsync(long bytes) => blobs.CutAfterAsync(bytes);

    public void Restore()
    {
        blobs.Restore();
        queues.Restore();
    }

    public async ValueTask DisposeAsync()
    {
        await blobs.DisposeAsync();
        await queues.DisposeAsync();
    }

    private static string Endpoint(StorageOptions account, string service, int? port = null)
    {
        var setting = account.ConnectionString!.Split(';').Single(part => part.StartsWith($"{service}Endpoint=", StringComparison.Ordinal));
        var address = setting[(setting.IndexOf('=', StringComparison.Ordinal) + 1)..];
        return port is { } other ? new UriBuilder(address) { Port = other }.Uri.ToString() : address;
    }
}
