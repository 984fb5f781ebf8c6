using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.Core.Runs;

/// <summary>
/// Turns a <c>retrain</c> message into a run record and a training job. An invalid message is recorded as a rejected run
/// with its reason; no job is queued.
/// </summary>
public sealed partial class StartTrainingHandler(
    PipelineStorage storage, RunStore runs, IDatasetCatalog datasets, TaskStore tasks, QueueSender queues, TimeProvider timeProvider, ILogger<StartTrainingHandler> log)
{
    public Task HandleAsync(QueueDelivery message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        var name = RunName(message);
        return Stage.RunAsync("StartTraining", TraceContext.OfMessage(message.Body, message.MessageId), span =>
        {
            span.SetTag("imdb.run", name);
            return StartAsync(name, message, cancellationToken);
        });
    }

    private async Task StartAsync(string name, QueueDelivery message, CancellationToken cancellationToken)
    {
        var run = await runs.FindAsync(name, cancellationToken) ?? await RecordAsync(name, message.Body, cancellationToken);
        if (run.State == RunState.Queued)
            await EnqueueOnceAsync(run, cancellationToken);
        else
            LogKnown(name, run.State);
    }

    /// <summary>The name given in the message, or one derived from the message id, so every delivery of a message maps to one run.</summary>
    public static string RunName(QueueDelivery message)
    {
        ArgumentNullException.ThrowIfNull(message);
        try
        {
            if (RetrainMessage.Parse(message.Body).Run is { } name)
                return name;
        }
        catch (InputRejectedException)
        {
            // The rejected run still needs a name.
        }
        return TimeOrderedName.Of(message.InsertedOn, message.MessageId);
    }

    private async Task<RunRecord> RecordAsync(string name, string body, CancellationToken cancellationToken)
    {
        var planned = await PlanAsync(name, body, cancellationToken);
        if (!await runs.CreateAsync(planned, cancellationToken))
            return await runs.FindAsync(name, cancellationToken) ?? throw new InvalidOperationException($"run {name}: expected the record created by another delivery, found none. Deliver the message again.");
        if (planned.State == RunState.Rejected)
            log.RunRejected(name, planned.Reason!);
        else
            log.RunQueued(name, planned.Dataset!);
        return planned;
    }

    private async Task<RunRecord> PlanAsync(string name, string body, CancellationToken cancellationToken)
    {
        var request = new RetrainRequest();
        try
        {
            request = RetrainMessage.Parse(body);
            var (task, dataset) = await ResolveAsync(request, cancellationToken);
            var auxiliary = await ResolveAuxiliaryAsync(request.AuxiliaryDatasets ?? [], dataset, cancellationToken);
            return new RunRecord
            {
                Run = name,
                State = RunState.Queued,
                Request = request,
                Task = task,
                Dataset = dataset,
                AuxiliaryDatasets = auxiliary,
                BaseModel = request.BaseModel,
                CreatedAt = timeProvider.GetUtcNow(),
            };
        }
        catch (InputRejectedException e)
        {
            return new RunRecord
            {
                Run = name,
                State = RunState.Rejected,
                Request = request,
                Reason = e.Message,
                CreatedAt = timeProvider.GetUtcNow(),
                FinishedAt = timeProvider.GetUtcNow(),
            };
        }
    }

    private async Task<(string Task, string Dataset)> ResolveAsync(RetrainRequest request, CancellationToken cancellationToken)
    {
        if (request.Dataset is null)
        {
            var task = request.Task ?? LabelledTask.Default;
            var newest = await datasets.FindNewestAsync(task, cancellationToken) ?? throw await NoDatasetAsync(task, cancellationToken);
            return (await tasks.OfAsync(newest, cancellationToken), VersionName(newest));
        }

        var dataset = await FindAsync("dataset", request.Dataset, cancellationToken);
        var ofDataset = await tasks.OfAsync(dataset, cancellationToken);
        return request.Task is null || request.Task == ofDataset
            ? (ofDataset, VersionName(dataset))
            : throw new InputRejectedException(
                ErrorRules.DatasetOfOtherTask, $"{RetrainMessage.Subject}, setting dataset", $"a dataset of task '{UntrustedText.Escape(request.Task)}'", $"'{request.Dataset}' of task '{ofDataset}'", RetrainMessage.Remedy);
    }

    private async Task<InputRejectedException> NoDatasetAsync(string task, CancellationToken cancellationToken)
    {
        var others = await tasks.ListOtherNamesAsync(task, cancellationToken);
        return new InputRejectedException(
            ErrorRules.NoDataset, RetrainMessage.Subject, $"a prepared dataset of task '{UntrustedText.Escape(task)}'", others.Count == 0 ? "none" : $"none; other tasks: {string.Join(", ", others)}",
            others.Count == 0 ? "Upload an archive to datasets and wait until it is ingested." : "Name one of these tasks, or upload an archive and wait until it is ingested.");
    }

    private async Task<IReadOnlyList<string>> ResolveAuxiliaryAsync(IReadOnlyList<string> names, string dataset, CancellationToken cancellationToken)
    {
        var resolved = new List<string>(names.Count);
        for (var i = 0; i < names.Count; i++)
        {
            var setting = $"auxiliaryDatasets[{i}]";
            var version = VersionName(await FindAsync(setting, names[i], cancellationToken));
            if (version == dataset || resolved.Contains(version))
                throw new InputRejectedException(
                    ErrorRules.AuxiliaryDatasetRepeated, $"{RetrainMessage.Subject}, setting {setting}", "a dataset version that the run does not already train on",
                    $"'{names[i]}' ({version})", RetrainMessage.Remedy);
            resolved.Add(version);
        }
        return resolved;
    }

    private async Task<DatasetManifest> FindAsync(string setting, string name, CancellationToken cancellationToken) =>
        await datasets.FindAsync(name, cancellationToken)
        ?? throw new InputRejectedException(
            ErrorRules.DatasetUnknown, $"{RetrainMessage.Subject}, setting {setting}", "a prepared dataset or version", $"'{name}', which does not exist", "Check the status for existing datasets.");

    private static string VersionName(DatasetManifest manifest) => $"{manifest.Dataset}/{manifest.Version}";

    // The marker is written after the message: a crash in between sends the job twice, never not at all. The trainer's lease handles duplicates.
    private async Task EnqueueOnceAsync(RunRecord run, CancellationToken cancellationToken)
    {
        if (await storage.Runs.GetBlobClient(StorageLayout.RunJob(run.Run)).ExistsAsync(cancellationToken))
            return;
        var job = new TrainingJob(run.Run) { Traceparent = TraceContext.Current };
        await queues.SendAsync(StorageLayout.TrainingJobsQueue, job, cancellationToken);
        await storage.Runs.CreateJsonAsync(StorageLayout.RunJob(run.Run), job, cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Run {Run} is already {State}; nothing to queue")]
    private partial void LogKnown(Printable run, RunState state);
}
