using System.Text.Json;
using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using ImdbPipeline.Core;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Registry;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Learning;
using ImdbPipeline.Learning.Downloads;
using ImdbPipeline.Learning.ModelFolders;
using ImdbPipeline.ScratchMini;
using ImdbPipeline.Testing;
using ImdbPipeline.Testing.Faults;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ImdbPipeline.Trainer.Tests.Faults;

/// <summary>A trainer whose storage calls go through fault injection, and a job that fine-tunes a published model.</summary>
internal sealed class TrainerUnderTest : IAsyncDisposable
{
    private const string Run = "20260101-000000-abcdef01";

    private readonly TemporaryFolder folder = new();
    private readonly LastError errors = new();
    private readonly ServiceProvider services;
    private readonly PipelineStorage storage;
    private readonly PipelineStorage direct;
    private HeldJob? held;

    private TrainerUnderTest(StorageOptions account, StorageFaults faults, IPreparedDataset dataset)
    {
        direct = new PipelineStorage(account);
        services = new ServiceCollection()
            .AddSingleton<ILogger<TrainingJobRunner>>(errors)
            .AddLogging()
            .AddSingleton(new ModelCache(folder["cache"], TimeProvider.System))
            .AddSingleton<IDatasetCatalog>(new OneDataset(dataset.Manifest))
            .AddSingleton(new DatasetOpener(_ => dataset))
            .AddSingleton(new TrainerOptions { RetryDelay = TimeSpan.Zero })
            .AddImdbPipeline(faults.Intercept(account, maxRetries: 2))
            .AddLearning()
            .AddScratchMini()
            .AddTrainer()
            .AddSingleton(TestSettings.None)
            .BuildServiceProvider();
        storage = services.GetRequiredService<PipelineStorage>();
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<TrainerUnderTest> StartAsync(StorageOptions account, StorageFaults faults, IPreparedDataset dataset, TrainedModel baseModel)
    {
        var trainer = new TrainerUnderTest(account, faults, dataset);
        await trainer.direct.EnsureCreatedAsync(Cancellation);
        var published = await new ModelPublisher(trainer.direct, TimeProvider.System).PublishAsync(baseModel, LabelledTask.Default, Cancellation);
        await new RunStore(trainer.direct).CreateAsync(
            new RunRecord
            {
                Run = Run,
                State = RunState.Queued,
                Request = new RetrainRequest { BaseModel = $"models/{published.Version}", Epochs = 1, BatchSize = 8, SaveSteps = 2 },
                Dataset = $"{dataset.Manifest.Dataset}/{dataset.Manifest.Version}",
                BaseModel = $"models/{published.Version}",
                CreatedAt = DateTimeOffset.UnixEpoch,
            },
            Cancellation);
        return trainer;
    }

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        folder.Dispose();
    }

    /// <summary>Runs the trainer once, after the message and lease of a crashed one have been released.</summary>
    public async Task WorkAsync()
    {
        await ReleaseAsync();
        var job = await HeldJob.TakeAsync(storage, TimeSpan.FromSeconds(15), TimeProvider.System, NullLogger.Instance, Cancellation);
        if (job is null)
        {
            // The response with the message was lost, so the message is hidden, as after a crash.
            await ReleaseAsync();
            job = await HeldJob.TakeAsync(storage, TimeSpan.FromSeconds(15), TimeProvider.System, NullLogger.Instance, Cancellation);
        }
        held = job!;
        var outcome = await WorkOnAsync();
        if (outcome != JobOutcome.Ended)
            throw new InvalidOperationException($"job outcome: expected {JobOutcome.Ended}, found {outcome}", errors.Last);
    }

    /// <summary>Receives the job's message.</summary>
    public async Task ReceiveAsync()
    {
        await ReleaseAsync();
        held = (await HeldJob.TakeAsync(storage, TimeSpan.FromSeconds(15), TimeProvider.System, NullLogger.Instance, Cancellation))!;
    }

    /// <summary>Runs the trainer with the received message.</summary>
    public async Task<JobOutcome> WorkOnAsync()
    {
        await using (held)
            return await services.GetRequiredService<TrainingJobRunner>().RunAsync(held!, Cancellation);
    }

    public async Task<RunRecord> ReadAsync() => (await new RunStore(direct).FindAsync(Run, Cancellation))!;

    /// <summary>Everything in storage except times, attempts and training reports.</summary>
    public async Task<IReadOnlyList<string>> ListAsync()
    {
        var lines = new List<string>();
        foreach (var container in (string[])[StorageLayout.Runs, StorageLayout.Models])
            await foreach (var blob in direct.Container(container).GetBlobsAsync(new GetBlobsOptions(), Cancellation))
                lines.Add($"{container}/{blob.Name}");
        var run = (await new RunStore(direct).FindAsync(Run, Cancellation))!;
        lines.Add($"run: {run.State}, {run.Step} of {run.TotalSteps}, {run.Model}, {JsonSerializer.Serialize(run.Metrics)}, {run.Reason}");
        await foreach (var line in new RunStore(direct).ReadMetricsAsync(Run, Cancellation))
            lines.Add($"step {line.Step}: loss {line.Loss}, gradient {line.GradNorm}");
        var champion = (await direct.Models.ReadJsonAsync<Champion>(StorageLayout.Champion(LabelledTask.Default), Cancellation))?.Value;
        lines.AddRange(champion!.History.Select(step => $"{step.Action} {step.Model} after {step.Previous}"));
        // Verifies the checksum of each file.
        await new StoredModels(direct, new ModelCache(folder["read back"], TimeProvider.System)).GetPublishedAsync(run.Model!, Cancellation);
        foreach (var queue in StorageLayout.Queues)
            lines.AddRange((await direct.Queue(queue).PeekMessagesAsync(32, Cancellation)).Value.Select(message => $"{queue}: {message.Body}"));
        return lines;
    }

    // In production the message reappears 30 s after a crash and the lease expires after 15 s.
    private async Task ReleaseAsync()
    {
        await direct.Queue(StorageLayout.TrainingJobsQueue).ClearMessagesAsync(Cancellation);
        await new QueueSender(direct).SendAsync(StorageLayout.TrainingJobsQueue, new TrainingJob(Run), Cancellation);
        try
        {
            await direct.Runs.GetBlobClient(StorageLayout.RunLock(Run)).GetBlobLeaseClient().BreakAsync(TimeSpan.Zero, cancellationToken: Cancellation);
        }
        catch (RequestFailedException e) when (e.Status is 404 or 409)
        {
            // There is no lease.
        }
    }

    private sealed class OneDataset(DatasetManifest manifest) : IDatasetCatalog
    {
        public Task<DatasetManifest?> FindNewestAsync(string task, CancellationToken cancellationToken) => Task.FromResult<DatasetManifest?>(manifest);

        public Task<DatasetManifest?> FindAsync(string name, CancellationToken cancellationToken) =>
            Task.FromResult(name == $"{manifest.Dataset}/{manifest.Version}" ? manifest : null);

        public Task<IReadOnlyList<DatasetManifest>> ListAsync(int max, CancellationToken cancellationToken, Action<InvalidDataException>? damaged = null) => Task.FromResult<IReadOnlyList<DatasetManifest>>([manifest]);
    }

    /// <summary>Keeps the last logged exception.</summary>
    private sealed class LastError : ILogger<TrainingJobRunner>
    {
        public Exception? Last { get; private set; }

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Last = exception ?? Last;
    }
}
