using System.Collections.Concurrent;
using Azure;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Registry;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Uploads;

namespace ImdbPipeline.Core.Operations;

/// <summary>Collects the pipeline's status, reading all parts in parallel.</summary>
public sealed class StatusHandler(
    PipelineStorage storage, TaskStore tasks, IDatasetCatalog datasets, RunStore runs, ModelRegistry registry, UploadStatus uploads, HostStore hosts, TimeProvider timeProvider)
{
    private const int MaxEntries = 10;

    /// <exception cref="StorageUnavailableException">Storage does not respond.</exception>
    public async Task<PipelineStatus> HandleAsync(CancellationToken cancellationToken)
    {
        var problems = new ConcurrentQueue<string>();
        // First, because it tells within its limit whether storage responds.
        var ofDefault = await PartAsync("the champion", new Champion(null, []), () => registry.ReadChampionAsync(LabelledTask.Default, ModelRegistry.PromptLimit, cancellationToken));
        var known = PartAsync<IReadOnlyList<LabelledTask>>("the tasks", [], () => tasks.ListAsync(cancellationToken));
        var prepared = PartAsync<IReadOnlyList<DatasetManifest>>("the datasets", [], () => datasets.ListAsync(MaxEntries, cancellationToken, Report));
        var rejectedArchives = PartAsync<IReadOnlyList<RejectedUpload>>("the rejected archives", [], () => uploads.ListRejectedArchivesAsync(MaxEntries, Report, cancellationToken));
        var training = PartAsync<IReadOnlyList<RunRecord>>("the training runs", [], () => runs.ListAsync(MaxEntries, cancellationToken, Report));
        var models = PartAsync<IReadOnlyList<ModelManifest>>("the models", [], () => registry.ListAsync(MaxEntries, cancellationToken, Report));
        var queues = Task.WhenAll(StorageLayout.Queues.Select(queue => PartAsync<QueueStatus?>($"queue {queue}", null, () => ReadQueueAsync(queue, cancellationToken))));
        var incoming = PartAsync<IReadOnlyList<IncomingStatus>>("the incoming files", [], () => uploads.ListIncomingAsync(MaxEntries, cancellationToken));
        var rejectedIncoming = PartAsync<IReadOnlyList<RejectedUpload>>("the rejected files", [], () => uploads.ListRejectedIncomingAsync(MaxEntries, Report, cancellationToken));
        var scored = PartAsync<IReadOnlyList<ScoreSummary>>("the scored files", [], () => uploads.ListScoredAsync(MaxEntries, Report, cancellationToken));
        var poisonMessages = PartAsync<IReadOnlyList<PoisonRecord>>("the poison messages", [], () => storage.Runs.ReadNewestAsync<PoisonRecord>(StorageLayout.PoisonRecords, _ => true, MaxEntries, cancellationToken, Report));
        var alive = PartAsync<IReadOnlyList<HostRecord>>("the hosts", [], () => hosts.ListAsync(cancellationToken));
        await Task.WhenAll(alive, known, prepared, rejectedArchives, training, models, queues, incoming, rejectedIncoming, scored, poisonMessages);
        var defaultTask = (await known).FirstOrDefault(task => task.Name == LabelledTask.Default);
        var tasksWithChampions = await Task.WhenAll(LabelledTask.WithDefault(await known).Select(DescribeAsync));
        return new PipelineStatus
        {
            Problems = [.. problems.Concat((await alive).SelectMany(host => host.Problems)).Distinct().Order(StringComparer.Ordinal)],
            Hosts = await alive,
            Storage = storage.Address.ToString(),
            At = timeProvider.GetUtcNow(),
            Datasets = [.. (await prepared).Select(manifest => DatasetStatus.Of(manifest, defaultTask))],
            RejectedArchives = await rejectedArchives,
            Runs = await training,
            Tasks = tasksWithChampions,
            Models = [.. (await models).Select(m => new ModelStatus(m.Version, m.Metrics, m.Dataset, m.CreatedAt, m.Task))],
            Queues = [.. (await queues).OfType<QueueStatus>()],
            Incoming = await incoming,
            RejectedIncoming = await rejectedIncoming,
            Scored = await scored,
            GivenUp = [.. (await poisonMessages).Select(record => new PoisonMessage(record.Queue, record.MessageId, record.Subject, record.Reason, record.GivenUpAt))],
        };

        async Task<LabelledTaskStatus> DescribeAsync(LabelledTask task)
        {
            var champion = task.Name == LabelledTask.Default
                ? ofDefault
                : await PartAsync($"the champion of task {task.Name}", new Champion(null, []), () => registry.ReadChampionAsync(task.Name, cancellationToken));
            if (champion.Model is { } model && await PartAsync($"model {model}", null, () => registry.FindAsync(model, cancellationToken)) is null)
                problems.Enqueue($"The champion of task {task.Name} cannot be used: {StorageLayout.Models}/{StorageLayout.ModelManifest(model)}: expected its manifest, found none or a damaged one. Roll back, promote another model, or restore the blob.");
            return new LabelledTaskStatus(task.Name, task.Labels, champion.Model, [.. champion.History.TakeLast(MaxEntries)]);
        }

        void Report(InvalidDataException damaged) => problems.Enqueue(damaged.Message);

        // One damaged record or container does not hide the rest.
        async Task<T> PartAsync<T>(string part, T otherwise, Func<Task<T>> read)
        {
            try
            {
                return await read();
            }
            catch (Exception e) when (e is InvalidDataException or StorageUnavailableException { Status: not 0 })
            {
                problems.Enqueue($"Cannot read {part}. {e.Message}");
                return otherwise;
            }
        }
    }

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
