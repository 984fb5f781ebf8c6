using Azure.Core;
using Azure.Identity;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;

namespace ImdbPipeline.Core.Storage;

/// <summary>The only factory of blob and queue clients: same retries everywhere, messages in Base64.</summary>
public sealed class PipelineStorage
{
    private readonly BlobServiceClient blobs;
    private readonly BlobServiceClient polledBlobs;
    private readonly QueueServiceClient queues;
    private readonly QueueServiceClient rawQueues;
    private readonly QueueServiceClient polledQueues;

    public PipelineStorage(StorageOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var identity = options.ConnectionString is null ? new DefaultAzureCredential() : null;
        blobs = Blobs(options, identity, options.Retries);
        polledBlobs = Blobs(options, identity, options.Retries.ForPolling);
        queues = Queues(options, identity, options.Retries, QueueMessageEncoding.Base64);
        rawQueues = Queues(options, identity, options.Retries, QueueMessageEncoding.None);
        polledQueues = Queues(options, identity, options.Retries.ForPolling, QueueMessageEncoding.None);
    }

    /// <summary>The blob service's address, without signatures or keys.</summary>
    public Uri Address => WithoutKeys(blobs.Uri);

    public BlobContainerClient Datasets => blobs.GetBlobContainerClient(StorageLayout.Datasets);

    public BlobContainerClient Prepared => blobs.GetBlobContainerClient(StorageLayout.Prepared);

    public BlobContainerClient Runs => blobs.GetBlobContainerClient(StorageLayout.Runs);

    public BlobContainerClient Models => blobs.GetBlobContainerClient(StorageLayout.Models);

    public BlobContainerClient Incoming => blobs.GetBlobContainerClient(StorageLayout.Incoming);

    public BlobContainerClient Scores => blobs.GetBlobContainerClient(StorageLayout.Scores);

    public BlobContainerClient Container(string name) => blobs.GetBlobContainerClient(name);

    public QueueClient Queue(string name) => queues.GetQueueClient(name);

    /// <summary>Messages as stored, for receivers that decode them themselves to survive wrong encodings.</summary>
    public QueueClient RawQueue(string name) => rawQueues.GetQueueClient(name);

    /// <summary>A container for pollers; fails fast, so that they can report an outage soon.</summary>
    public BlobContainerClient PolledContainer(string name) => polledBlobs.GetBlobContainerClient(name);

    /// <summary>Like <see cref="RawQueue"/>, for pollers; fails fast, so that they can report an outage soon.</summary>
    public QueueClient PolledQueue(string name) => polledQueues.GetQueueClient(name);

    /// <summary>Creates missing containers and queues; called by every host at start-up.</summary>
    public async Task EnsureCreatedAsync(CancellationToken cancellationToken)
    {
        foreach (var container in StorageLayout.Containers)
            await Container(container).CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        foreach (var queue in StorageLayout.Queues)
            await Queue(queue).CreateIfNotExistsAsync(cancellationToken: cancellationToken);
    }

    private static BlobServiceClient Blobs(StorageOptions options, DefaultAzureCredential? identity, StorageRetries retries)
    {
        // "/a.csv" and "a.csv" are two blobs.
        var client = new BlobClientOptions { TrimBlobNameSlashes = false };
        return identity is null
            ? new BlobServiceClient(options.ConnectionString, Client(client, new BlobServiceClient(options.ConnectionString).Uri, options, retries))
            : new BlobServiceClient(options.BlobServiceUri, identity, Client(client, options.BlobServiceUri!, options, retries));
    }

    private static QueueServiceClient Queues(StorageOptions options, DefaultAzureCredential? identity, StorageRetries retries, QueueMessageEncoding encoding)
    {
        var client = new QueueClientOptions { MessageEncoding = encoding };
        return identity is null
            ? new QueueServiceClient(options.ConnectionString, Client(client, new QueueServiceClient(options.ConnectionString).Uri, options, retries))
            : new QueueServiceClient(options.QueueServiceUri, identity, Client(client, options.QueueServiceUri!, options, retries));
    }

    private static T Client<T>(T client, Uri service, StorageOptions options, StorageRetries retries) where T : ClientOptions
    {
        retries.ApplyTo(client);
        client.AddPolicy(new SocketErrorPolicy(), HttpPipelinePosition.BeforeTransport);
        options.Client?.Invoke(client);
        client.AddPolicy(new StorageOutagePolicy(WithoutKeys(service)), HttpPipelinePosition.PerCall);
        return client;
    }

    private static Uri WithoutKeys(Uri service) => new(service.GetLeftPart(UriPartial.Path));
}
