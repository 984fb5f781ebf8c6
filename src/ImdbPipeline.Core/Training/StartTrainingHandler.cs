using System.Security.Cryptography;
using System.Text;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.Core.Training;

/// <summary>
/// Turns a <c>retrain</c> message into a recorded run and a job for the trainer. A message that cannot be carried out
/// is recorded as a rejected run with its reason, and is done with: nothing starts.
/// </summary>
public sealed class StartTrainingHandler(
    PipelineStorage storage, RunStore runs, IDatasetCatalog datasets, QueueSender queues, TimeProvider time, ILogger<StartTrainingHandler> log)
{
    public Task HandleAsync(QueueDelivery message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        var name = RunName(message);
        return Stage.RunAsync("StartTraining", Cause.OfMessage(message.Body, message.MessageId), span =>
        {
            span.SetTag("imdb.run", name);
            return HandleAsync(name, message, cancellationToken);
        });
    }

    private async Task HandleAsync(string name, QueueDelivery message, CancellationToken cancellationToken)
    {
        var run = await runs.FindAsync(name, cancellationToken) ?? await RecordAsync(name, message.Body, cancellationToken);
        if (run.State == RunState.Queued)
            await EnqueueOnceAsync(run, cancellationToken);
        else
            log.RunKnown(name, run.State);
    }

    /// <summary>The name that the message gives, or a function of what is the same on every delivery: a message delivered twice is one run.</summary>
    public static string RunName(QueueDelivery message)
    {
        ArgumentNullException.ThrowIfNull(message);
        try
        {
            if (RetrainMessage.Parse(message.Body).Run is { } given)
                return given;
        }
        catch (InputRejectedException)
        {
            // The run that records the refusal needs a name all the same.
        }
        return RunName(message.InsertedOn, message.MessageId);
    }

    /// <returns>Names in the order of time, told apart by a hash.</returns>
    internal static string RunName(DateTimeOffset at, string distinct) =>
        $"{at.UtcDateTime:yyyyMMdd-HHmmss}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(distinct)))[..8]}";

    private async Task<RunRecord> RecordAsync(string name, string body, CancellationToken cancellationToken)
    {
        var planned = await PlanAsync(name, body, cancellationToken);
        if (!await runs.CreateAsync(planned, cancellationToken))
            return await runs.FindAsync(name, cancellationToken) ?? throw new InvalidOperationException($"run {name}: created by another delivery and gone again. Deliver the message anew.");
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
            var dataset = await ResolveAsync(request.Dataset, cancellationToken);
            var auxiliary = await ResolveAuxiliaryAsync(request.AuxiliaryDatasets ?? [], dataset, cancellationToken);
            return new RunRecord
            {
                Run = name,
                State = RunState.Queued,
                Request = request,
                Dataset = dataset,
                AuxiliaryDatasets = auxiliary,
                BaseModel = request.BaseModel,
                CreatedAt = time.GetUtcNow(),
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
                CreatedAt = time.GetUtcNow(),
                FinishedAt = time.GetUtcNow(),
            };
        }
    }

    private async Task<string> ResolveAsync(string? name, CancellationToken cancellationToken) =>
        name is not null
            ? await FindAsync("dataset", name, cancellationToken)
            : VersionName(
                await datasets.FindNewestAsync(cancellationToken)
                ?? throw new InputRejectedException("no-dataset", RetrainSettings.Subject, "a prepared data set", "none", "Upload an archive to datasets and wait until it is ingested."));

    private async Task<IReadOnlyList<string>> ResolveAuxiliaryAsync(IReadOnlyList<string> names, string dataset, CancellationToken cancellationToken)
    {
        var resolved = new List<string>(names.Count);
        for (var i = 0; i < names.Count; i++)
        {
            var setting = $"auxiliaryDatasets[{i}]";
            var version = await FindAsync(setting, names[i], cancellationToken);
            if (version == dataset || resolved.Contains(version))
                throw new InputRejectedException(
                    "auxiliary-dataset-repeated", $"{RetrainSettings.Subject}, setting {setting}", "a data set version that the run does not train on already",
                    $"'{names[i]}', which is {version}", RetrainSettings.Remedy);
            resolved.Add(version);
        }
        return resolved;
    }

    private async Task<string> FindAsync(string setting, string name, CancellationToken cancellationToken) =>
        VersionName(
            await datasets.FindAsync(name, cancellationToken)
            ?? throw new InputRejectedException(
                "dataset-unknown", $"{RetrainSettings.Subject}, setting {setting}", "a prepared data set or version", $"'{name}', which is none", "Look at the status for the data sets there are."));

    private static string VersionName(DatasetManifest manifest) => $"{manifest.Dataset}/{manifest.Version}";

    // The marker follows the message: a crash between them sends the message twice, which the trainer's lease sorts out, never not at all.
    private async Task EnqueueOnceAsync(RunRecord run, CancellationToken cancellationToken)
    {
        if (await storage.Runs.GetBlobClient(StorageLayout.RunJob(run.Run)).ExistsAsync(cancellationToken))
            return;
        var job = new TrainingJob(run.Run) { Traceparent = Cause.Present };
        await queues.SendAsync(StorageLayout.TrainingJobsQueue, job, cancellationToken);
        await storage.Runs.CreateJsonAsync(StorageLayout.RunJob(run.Run), job, cancellationToken);
    }
}
