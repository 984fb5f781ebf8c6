using System.Security.Cryptography;
using System.Text;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Storage;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.Core.Training;

/// <summary>
/// Turns a <c>retrain</c> message into a recorded run and a job for the trainer. A message that cannot be carried out
/// is recorded as a rejected run with its reason, and is done with: nothing starts.
/// </summary>
public sealed class StartTrainingHandler(
    PipelineStorage storage, RunStore runs, IDatasetCatalog datasets, QueueSender queues, TimeProvider time, ILogger<StartTrainingHandler> log)
{
    public async Task HandleAsync(QueueDelivery message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        var name = RunName(message);
        var run = await runs.FindAsync(name, cancellationToken) ?? await RecordAsync(name, message.Body, cancellationToken);
        if (run.State == RunState.Queued)
            await EnqueueOnceAsync(run, cancellationToken);
    }

    /// <summary>A function of what is the same on every delivery, so that a message delivered twice is one run.</summary>
    public static string RunName(QueueDelivery message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(message.MessageId));
        return $"{message.InsertedOn.UtcDateTime:yyyyMMdd-HHmmss}-{Convert.ToHexStringLower(hash)[..8]}";
    }

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
            return new RunRecord
            {
                Run = name,
                State = RunState.Queued,
                Request = request,
                Dataset = $"{dataset.Dataset}/{dataset.Version}",
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

    private async Task<DatasetManifest> ResolveAsync(string? name, CancellationToken cancellationToken) =>
        name is null
            ? await datasets.FindNewestAsync(cancellationToken)
                ?? throw new InputRejectedException("no-dataset", "retrain message", "a prepared data set", "none", "Upload an archive to datasets and wait until it is ingested.")
            : await datasets.FindAsync(name, cancellationToken)
                ?? throw new InputRejectedException("dataset-unknown", "retrain message, setting dataset", "a prepared data set or version", $"'{name}', which is none", "Look at the status for the data sets there are.");

    // The marker follows the message: a crash between them sends the message twice, which the trainer's lease sorts out, never not at all.
    private async Task EnqueueOnceAsync(RunRecord run, CancellationToken cancellationToken)
    {
        if (await storage.Runs.GetBlobClient(StorageLayout.RunJob(run.Run)).ExistsAsync(cancellationToken))
            return;
        var job = new TrainingJob(run.Run);
        await queues.SendAsync(StorageLayout.TrainingJobsQueue, job, cancellationToken);
        await storage.Runs.CreateJsonAsync(StorageLayout.RunJob(run.Run), job, cancellationToken);
    }
}
