using System.Text.Json;
using Azure;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Registry;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Uploads;

namespace ImdbPipeline.Core.Operations;

/// <summary>Collects the pipeline's status, reading all parts in parallel.</summary>
public sealed class StatusHandler(
    PipelineStorage storage, IDatasetCatalog datasets, RunStore runs, ModelRegistry registry, UploadStatus uploads, TimeProvider timeProvider)
{
    private const int MaxEntries = 10;

    public async Task<PipelineStatus> HandleAsync(CancellationToken cancellationToken)
    {
        var prepared = datasets.ListAsync(MaxEntries, cancellationToken);
        var rejectedArchives = uploads.ListRejectedArchivesAsync(MaxEntries, cancellationToken);
        var training = runs.ListAsync(MaxEntries, cancellationToken);
        var champion = registry.ReadChampionAsync(cancellationToken);
        var models = registry.ListAsync(MaxEntries, cancellationToken);
        var queues = Task.WhenAll(StorageLayout.Queues.Select(queue => ReadQueueAsync(queue, cancellationToken)));
        var incoming = uploads.ListIncomingAsync(MaxEntries, cancellationToken);
        var rejectedIncoming = uploads.ListRejectedIncomingAsync(MaxEntries, cancellationToken);
        var scored = uploads.ListScoredAsync(MaxEntries, cancellationToken);
        var poisonMessages = storage.Runs.ReadNewestAsync<PoisonRecord>(StorageLayout.PoisonRecords, _ => true, MaxEntries, cancellationToken);
        return new PipelineStatus
        {
            Storage = storage.Address.ToString(),
            At = timeProvider.GetUtcNow(),
            Datasets = [.. (await prepared).Select(Describe)],
            RejectedArchives = await rejectedArchives,
            Runs = await training,
            Champion = (await champion).Model,
            ChampionHistory = [.. (await champion).History.TakeLast(MaxEntries)],
            Models = [.. (await models).Select(m => new ModelStatus(m.Version, m.Metrics, m.Dataset, m.CreatedAt))],
            Queues = [.. (await queues).OfType<QueueStatus>()],
            Incoming = await incoming,
            RejectedIncoming = await rejectedIncoming,
            Scored = await scored,
            GivenUp = [.. (await poisonMessages).Select(record => new PoisonMessage(record.Queue, record.MessageId, record.Subject, record.Reason, record.GivenUpAt))],
        };
    }

    private static DatasetStatus Describe(DatasetManifest manifest) => new(
        manifest.Dataset,
        manifest.Version,
        manifest.Archive.Name,
        manifest.Report.Kept.ToDictionary(kept => JsonNamingPolicy.CamelCase.ConvertName(kept.Key.ToString()), kept => kept.Value.Values.Sum()),
        manifest.Labels,
        manifest.CreatedAt);

    /// <returns>Null if the queue does not exist.</returns>
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
