using Azure.Core;
using Azure.Identity;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;

namespace ImdbPipeline.Core.Storage;

/// <summary>The only factory of blob and queue clients: same retries everywhere, messages in Base64.</summary>
public sealed class PipelineStorage
{
    private readonly BlobServiceClient blobs;
    private readonly QueueServiceClient queues;
    private readonly QueueServiceClient rawQueues;
    private readonly Lazy<PipelineStorage> prompt;

    /// <param name="options">The account, and how to call it.</param>
    /// <param name="availability">Logs outages; null for none.</param>
    public PipelineStorage(StorageOptions options, StorageAvailability? availability = null)
        : this(options ?? throw new ArgumentNullException(nameof(options)), availability, options.ConnectionString is null ? new DefaultAzureCredential() : null)
    {
    }

    private PipelineStorage(StorageOptions options, StorageAvailability? availability, DefaultAzureCredential? identity)
    {
        blobs = Blobs(options, availability, identity);
        queues = Queues(options, availability, identity, QueueMessageEncoding.Base64);
        rawQueues = Queues(options, availability, identity, QueueMessageEncoding.None);
        prompt = new Lazy<PipelineStorage>(() => new PipelineStorage(options with { Retries = options.Retries.Prompt }, availability, identity));
    }

    /// <summary>The same account with few retries, for callers who should learn of an outage soon.</summary>
    public PipelineStorage Prompt => prompt.Value;

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

    /// <summary>Creates missing containers and queues; called by every host at start-up.</summary>
    public async Task EnsureCreatedAsync(CancellationToken cancellationToken)
    {
        foreach (var container in StorageLayout.Containers)
            await Container(container).CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        foreach (var queue in StorageLayout.Queues)
            await Queue(queue).CreateIfNotExistsAsync(cancellationToken: cancellationToken);
    }

    private static BlobServiceClient Blobs(StorageOptions options, StorageAvailability? availability, DefaultAzureCredential? identity)
    {
        // "/a.csv" and "a.csv" are two blobs.
        var client = new BlobClientOptions { TrimBlobNameSlashes = false };
        return identity is null
            ? new BlobServiceClient(options.ConnectionString, Client(client, new BlobServiceClient(options.ConnectionString).Uri, options, availability))
            : new BlobServiceClient(options.BlobServiceUri, identity, Client(client, options.BlobServiceUri!, options, availability));
    }

    private static QueueServiceClient Queues(StorageOptions options, StorageAvailability? availability, DefaultAzureCredential? identity, QueueMessageEncoding encoding)
    {
        var client = new QueueClientOptions { MessageEncoding = encoding };
        return identity is null
            ? new QueueServiceClient(options.ConnectionString, Client(client, new QueueServiceClient(options.ConnectionString).Uri, options, availability))
            : new QueueServiceClient(options.QueueServiceUri, identity, Client(client, options.QueueServiceUri!, options, availability));
    }

    private static T Client<T>(T client, Uri service, StorageOptions options, StorageAvailability? availability) where T : ClientOptions
    {
        options.Retries.ApplyTo(client);
        if (availability is not null)
            client.AddPolicy(new StorageAvailabilityPolicy(WithoutKeys(service), availability), HttpPipelinePosition.PerRetry);
        client.AddPolicy(new SocketErrorPolicy(), HttpPipelinePosition.BeforeTransport);
        options.Client?.Invoke(client);
        client.AddPolicy(new StorageOutagePolicy(WithoutKeys(service)), HttpPipelinePosition.PerCall);
        return client;
    }

    private static Uri WithoutKeys(Uri service) => new(service.GetLeftPart(UriPartial.Path));
}
