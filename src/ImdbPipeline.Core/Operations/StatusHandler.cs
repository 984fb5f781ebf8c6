using System.Text.Json;
using Azure;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Registry;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Training;

namespace ImdbPipeline.Core.Operations;

/// <summary>Looks at everything at once and reads the newest few of each.</summary>
public sealed class StatusHandler(
    PipelineStorage storage, IDatasetCatalog datasets, RunStore runs, ModelRegistry registry, UploadStatus uploads, TimeProvider time)
{
    private const int Most = 10;

    public async Task<PipelineStatus> HandleAsync(CancellationToken cancellationToken)
    {
        var prepared = datasets.ListAsync(Most, cancellationToken);
        var archives = uploads.ListRejectedArchivesAsync(Most, cancellationToken);
        var training = runs.ListAsync(Most, cancellationToken);
        var champion = registry.ReadChampionAsync(cancellationToken);
        var models = registry.ListAsync(Most, cancellationToken);
        var queues = Task.WhenAll(StorageLayout.Queues.Select(queue => ReadQueueAsync(queue, cancellationToken)));
        var incoming = uploads.ListIncomingAsync(Most, cancellationToken);
        var refused = uploads.ListRejectedIncomingAsync(Most, cancellationToken);
        var scored = uploads.ListScoredAsync(Most, cancellationToken);
        var givenUp = ListGivenUpAsync(cancellationToken);
        return new PipelineStatus
        {
            Storage = storage.Address.ToString(),
            At = time.GetUtcNow(),
            Datasets = [.. (await prepared).Select(Describe)],
            RejectedArchives = await archives,
            Runs = await training,
            Champion = (await champion).Model,
            ChampionHistory = [.. (await champion).History.TakeLast(Most)],
            Models = [.. (await models).Select(m => new ModelStatus(m.Version, m.Metrics, m.Dataset, m.CreatedAt))],
            Queues = [.. (await queues).OfType<QueueStatus>()],
            Incoming = await incoming,
            RejectedIncoming = await refused,
            Scored = await scored,
            GivenUp = await givenUp,
        };
    }

    private static DatasetStatus Describe(DatasetManifest manifest) => new(
        manifest.Dataset,
        manifest.Version,
        manifest.Archive.Name,
        manifest.Report.Kept.ToDictionary(kept => JsonNamingPolicy.CamelCase.ConvertName(kept.Key.ToString()), kept => kept.Value.Values.Sum()),
        manifest.Labels,
        manifest.CreatedAt);

    private async Task<IReadOnlyList<GivenUpMessage>> ListGivenUpAsync(CancellationToken cancellationToken)
    {
        var givenUp = new List<GivenUpMessage>();
        foreach (var blob in await storage.Runs.ListNewestAsync(StorageLayout.PoisonRecords, _ => true, Most, cancellationToken))
        {
            if ((await storage.Runs.ReadJsonAsync<PoisonRecord>(blob.Name, cancellationToken))?.Value is { } record)
                givenUp.Add(new GivenUpMessage(record.Queue, record.MessageId, record.Subject, record.Reason, record.GivenUpAt));
        }
        return givenUp;
    }

    /// <returns>Null where the queue does not exist.</returns>
    private async Task<QueueStatus?> ReadQueueAsync(string queue, CancellationToken cancellationToken)
    {
        try
        {
            var properties = await storage.Queue(queue).GetPropertiesAsync(cancellationToken);
            return new QueueStatus(queue, properties.Value.ApproximateMessagesCount);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return null;
        }
    }
}
