using Azure.Identity;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;

namespace ImdbPipeline.Core.Storage;

/// <summary>The one factory of blob and queue clients: all queues Base64, as the Functions host expects, all retries alike.</summary>
public sealed class PipelineStorage
{
    private readonly BlobServiceClient blobs;
    private readonly QueueServiceClient queues;
    private readonly QueueServiceClient rawQueues;

    public PipelineStorage(StorageOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var blobOptions = new BlobClientOptions();
        var queueOptions = new QueueClientOptions { MessageEncoding = QueueMessageEncoding.Base64 };
        var rawOptions = new QueueClientOptions { MessageEncoding = QueueMessageEncoding.None };
        if (options.ConnectionString is { } connectionString)
        {
            blobs = new BlobServiceClient(connectionString, blobOptions);
            queues = new QueueServiceClient(connectionString, queueOptions);
            rawQueues = new QueueServiceClient(connectionString, rawOptions);
        }
        else
        {
            var identity = new DefaultAzureCredential();
            blobs = new BlobServiceClient(options.BlobServiceUri, identity, blobOptions);
            queues = new QueueServiceClient(options.QueueServiceUri, identity, queueOptions);
            rawQueues = new QueueServiceClient(options.QueueServiceUri, identity, rawOptions);
        }
    }

    /// <summary>The blob service's address, without signatures or keys.</summary>
    public Uri Address => new(blobs.Uri.GetLeftPart(UriPartial.Path));

    public BlobContainerClient Datasets => blobs.GetBlobContainerClient(StorageLayout.Datasets);

    public BlobContainerClient Prepared => blobs.GetBlobContainerClient(StorageLayout.Prepared);

    public BlobContainerClient Runs => blobs.GetBlobContainerClient(StorageLayout.Runs);

    public BlobContainerClient Models => blobs.GetBlobContainerClient(StorageLayout.Models);

    public BlobContainerClient Incoming => blobs.GetBlobContainerClient(StorageLayout.Incoming);

    public BlobContainerClient Scores => blobs.GetBlobContainerClient(StorageLayout.Scores);

    public BlobContainerClient Container(string name) => blobs.GetBlobContainerClient(name);

    public QueueClient Queue(string name) => queues.GetQueueClient(name);

    /// <summary>The messages as they are stored: a receiver that has to survive wrongly encoded ones decodes them itself.</summary>
    public QueueClient RawQueue(string name) => rawQueues.GetQueueClient(name);

    /// <summary>Creates what is missing of the containers and queues; called by every host at start-up.</summary>
    public async Task EnsureCreatedAsync(CancellationToken cancellationToken)
    {
        foreach (var container in StorageLayout.Containers)
            await Container(container).CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        foreach (var queue in StorageLayout.Queues)
            await Queue(queue).CreateIfNotExistsAsync(cancellationToken: cancellationToken);
    }
}
