using ImdbPipeline.Core;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Learning;
using ImdbPipeline.Learning.Downloads;
using ImdbPipeline.ScratchMini;
using ImdbPipeline.Testing;
using ImdbPipeline.Testing.Datasets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace ImdbPipeline.Trainer.Tests;

/// <summary>A trainer and one run in a storage account of their own.</summary>
public abstract class TrainingJobTests(AzuriteFixture azurite) : IAsyncLifetime
{
    protected const string Run = "20260101-000000-abcdef01";

    private readonly TemporaryFolder folder = new();
    private ServiceProvider services = null!;

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private protected TinyDataset Dataset { get; } = new(train: 60);

    private protected IServiceProvider Services => services;

    private protected PipelineStorage Storage { get; private set; } = null!;

    private protected RunStore Runs { get; private set; } = null!;

    private protected List<DatasetManifest> Catalog { get; } = [];

    private protected List<DatasetManifest> Opened { get; } = [];

    /// <summary>Called when a job opens a dataset.</summary>
    private protected Func<IPreparedDataset> Open { get; set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var account = azurite.NewAccount();
        Open = () => Dataset;
        Catalog.Add(Dataset.Manifest);
        services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(new ModelCache(folder["cache"], TimeProvider.System))
            .AddSingleton<IDatasetCatalog>(new Datasets(Catalog))
            .AddSingleton(new DatasetOpener(OpenDataset))
            .AddSingleton(new TrainerOptions { RetryDelay = TimeSpan.Zero })
            .AddImdbPipeline(account)
            .AddLearning()
            .AddScratchMini()
            .AddTrainer()
            .AddSingleton(TestSettings.None)
            .BuildServiceProvider();
        Storage = services.GetRequiredService<PipelineStorage>();
        Runs = services.GetRequiredService<RunStore>();
        await Storage.EnsureCreatedAsync(Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private IPreparedDataset OpenDataset(DatasetManifest manifest)
    {
        Opened.Add(manifest);
        return Open();
    }

    private protected async Task QueueAsync(RetrainRequest request, IReadOnlyList<string>? auxiliary = null)
    {
        await Runs.CreateAsync(
            new RunRecord
            {
                Run = Run,
                State = RunState.Queued,
                Request = request,
                Dataset = "tiny/0123456789abcdef",
                AuxiliaryDatasets = auxiliary ?? [],
                BaseModel = request.BaseModel,
                CreatedAt = DateTimeOffset.UnixEpoch,
            },
            Cancellation);
        await SendAsync();
    }

    private protected Task SendAsync() => Services.GetRequiredService<QueueSender>().SendAsync(StorageLayout.TrainingJobsQueue, new TrainingJob(Run), Cancellation);

    /// <returns>False if the job failed.</returns>
    private protected async Task<bool> RunJobAsync(CancellationToken? stopping = null) => await RunJobForOutcomeAsync(stopping) == JobOutcome.Ended;

    private protected async Task<JobOutcome> RunJobForOutcomeAsync(CancellationToken? stopping = null)
    {
        await using var job = await HeldJob.TakeAsync(Storage, TimeSpan.FromSeconds(15), TimeProvider.System, NullLogger.Instance, Cancellation);
        return await Services.GetRequiredService<TrainingJobRunner>().RunAsync(job!, stopping ?? Cancellation);
    }

    private protected async Task<(RunState State, int Attempts)> StateAsync() => (await Runs.FindAsync(Run, Cancellation)) is { } run ? (run.State, run.Attempts) : default;

    private protected async Task<int> QueueLengthAsync() => (await Storage.Queue(StorageLayout.TrainingJobsQueue).GetPropertiesAsync(Cancellation)).Value.ApproximateMessagesCount;

    private sealed class Datasets(IReadOnlyList<DatasetManifest> manifests) : IDatasetCatalog
    {
        public Task<DatasetManifest?> FindNewestAsync(string task, CancellationToken cancellationToken) => Task.FromResult<DatasetManifest?>(manifests[0]);

        public Task<DatasetManifest?> FindAsync(string name, CancellationToken cancellationToken) =>
            Task.FromResult(manifests.FirstOrDefault(manifest => $"{manifest.Dataset}/{manifest.Version}" == name));

        public Task<IReadOnlyList<DatasetManifest>> ListAsync(int max, CancellationToken cancellationToken, Action<InvalidDataException>? damaged = null) => Task.FromResult(manifests);
    }
}
