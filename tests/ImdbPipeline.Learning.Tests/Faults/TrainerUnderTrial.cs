using System.Text.Json;
using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using ImdbPipeline.Core;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Registry;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Learning.BaseModels;
using ImdbPipeline.Learning.Publishing;
using ImdbPipeline.Learning.Training;
using ImdbPipeline.Testing.Faults;
using ImdbPipeline.Trainer;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.Learning.Tests.Faults;

/// <summary>A trainer that reaches its account through faults, and one job that trains on from a published model.</summary>
internal sealed class TrainerUnderTrial : IAsyncDisposable
{
    private const string Run = "20260101-000000-abcdef01";

    private readonly TemporaryFolder folder = new();
    private readonly LastError errors = new();
    private readonly ServiceProvider services;
    private readonly PipelineStorage storage;
    private readonly PipelineStorage unharmed;

    private TrainerUnderTrial(StorageOptions account, StorageFaults faults, IPreparedDataset dataset)
    {
        unharmed = new PipelineStorage(account);
        services = new ServiceCollection()
            .AddSingleton<ILogger<TrainingJobRunner>>(errors)
            .AddLogging()
            .AddSingleton(new ModelCache(folder["cache"], TimeProvider.System))
            .AddSingleton<IDatasetCatalog>(new OneDataset(dataset.Manifest))
            .AddSingleton(new DatasetOpener(_ => dataset))
            .AddSingleton(new TrainerOptions("scratch-mini") { RetryDelay = TimeSpan.Zero })
            .AddImdbPipeline(faults.Between(account, maxRetries: 2))
            .AddLearning()
            .AddTrainer(_ => null)
            .BuildServiceProvider();
        storage = services.GetRequiredService<PipelineStorage>();
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<TrainerUnderTrial> StartAsync(StorageOptions account, StorageFaults faults, IPreparedDataset dataset, TrainedModel baseModel)
    {
        var trainer = new TrainerUnderTrial(account, faults, dataset);
        await trainer.unharmed.EnsureCreatedAsync(Stop);
        var published = await new ModelPublisher(trainer.unharmed, TimeProvider.System).PublishAsync(baseModel, Stop);
        await new RunStore(trainer.unharmed).CreateAsync(
            new RunRecord
            {
                Run = Run,
                State = RunState.Queued,
                Request = new RetrainRequest { BaseModel = $"models/{published.Version}", Epochs = 1, BatchSize = 8, SaveSteps = 2 },
                Dataset = $"{dataset.Manifest.Dataset}/{dataset.Manifest.Version}",
                BaseModel = $"models/{published.Version}",
                CreatedAt = DateTimeOffset.UnixEpoch,
            },
            Stop);
        return trainer;
    }

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        folder.Dispose();
    }

    /// <summary>One start of the trainer, at a time when what a dead one held has come back.</summary>
    public async Task WorkAsync()
    {
        await BringBackAsync();
        var job = await HeldJob.TakeAsync(storage, TimeSpan.FromSeconds(15), TimeProvider.System, Stop);
        if (job is null)
        {
            // Handed out in an answer that was lost: as if it had died with its taker.
            await BringBackAsync();
            job = await HeldJob.TakeAsync(storage, TimeSpan.FromSeconds(15), TimeProvider.System, Stop);
        }
        await using var held = job!;
        var outcome = await services.GetRequiredService<TrainingJobRunner>().RunAsync(held, Stop);
        if (outcome != JobOutcome.Ended)
            throw new InvalidOperationException($"the job ended as {outcome}", errors.Last);
    }

    /// <summary>What lies in storage but for times, attempts and reports about the training.</summary>
    public async Task<IReadOnlyList<string>> ListAsync()
    {
        var lines = new List<string>();
        foreach (var container in (string[])[StorageLayout.Runs, StorageLayout.Models])
            await foreach (var blob in unharmed.Container(container).GetBlobsAsync(new GetBlobsOptions(), Stop))
                lines.Add($"{container}/{blob.Name}");
        var run = (await new RunStore(unharmed).FindAsync(Run, Stop))!;
        lines.Add($"run: {run.State}, {run.Step} of {run.TotalSteps}, {run.Model}, {JsonSerializer.Serialize(run.Metrics)}, {run.Reason}");
        await foreach (var line in new RunStore(unharmed).ReadMetricsAsync(Run, Stop))
            lines.Add($"step {line.Step}: loss {line.Loss}, gradient {line.GradNorm}");
        var champion = (await unharmed.Models.ReadJsonAsync<Champion>(StorageLayout.Champion, Stop))?.Value;
        lines.AddRange(champion!.History.Select(step => $"{step.Action} {step.Model} after {step.Previous}"));
        // Reads every file against its checksum.
        await new StoredModels(unharmed, new ModelCache(folder["read back"], TimeProvider.System)).GetPublishedAsync(run.Model!, Stop);
        foreach (var queue in StorageLayout.Queues)
            lines.AddRange((await unharmed.Queue(queue).PeekMessagesAsync(32, Stop)).Value.Select(message => $"{queue}: {message.Body}"));
        return lines;
    }

    // Storage does so by itself: a message half a minute after its taker died, a lease after a quarter of one.
    private async Task BringBackAsync()
    {
        await unharmed.Queue(StorageLayout.TrainingJobsQueue).ClearMessagesAsync(Stop);
        await new QueueSender(unharmed).SendAsync(StorageLayout.TrainingJobsQueue, new TrainingJob(Run), Stop);
        try
        {
            await unharmed.Runs.GetBlobClient(StorageLayout.RunLock(Run)).GetBlobLeaseClient().BreakAsync(TimeSpan.Zero, cancellationToken: Stop);
        }
        catch (RequestFailedException e) when (e.Status is 404 or 409)
        {
            // Nobody held it.
        }
    }

    private sealed class OneDataset(DatasetManifest manifest) : IDatasetCatalog
    {
        public Task<DatasetManifest?> FindNewestAsync(CancellationToken cancellationToken) => Task.FromResult<DatasetManifest?>(manifest);

        public Task<DatasetManifest?> FindAsync(string name, CancellationToken cancellationToken) =>
            Task.FromResult(name == $"{manifest.Dataset}/{manifest.Version}" ? manifest : null);

        public Task<IReadOnlyList<DatasetManifest>> ListAsync(int max, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<DatasetManifest>>([manifest]);
    }

    /// <summary>Keeps what the job was logged to have failed of.</summary>
    private sealed class LastError : ILogger<TrainingJobRunner>
    {
        public Exception? Last { get; private set; }

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Last = exception ?? Last;
    }
}
