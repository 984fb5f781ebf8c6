using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using ImdbPipeline.Core;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Registry;
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

public sealed class TrainingJobRunnerTests(AzuriteFixture azurite) : IAsyncLifetime
{
    private const string Run = "20260101-000000-abcdef01";

    private readonly TemporaryFolder folder = new();
    private readonly TinyDataset dataset = new(train: 60);
    private ServiceProvider services = null!;
    private PipelineStorage storage = null!;
    private RunStore runs = null!;
    private readonly List<DatasetManifest> catalog = [];
    private readonly List<DatasetManifest> opened = [];
    private Func<IPreparedDataset> open = null!;

    public async ValueTask InitializeAsync()
    {
        var account = azurite.NewAccount();
        open = () => dataset;
        catalog.Add(dataset.Manifest);
        services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(new ModelCache(folder["cache"], TimeProvider.System))
            .AddSingleton<IDatasetCatalog>(new Datasets(catalog))
            .AddSingleton(new DatasetOpener(Open))
            .AddSingleton(new TrainerOptions { RetryDelay = TimeSpan.Zero })
            .AddImdbPipeline(account)
            .AddLearning()
            .AddScratchMini()
            .AddTrainer()
            .AddSingleton(TestSettings.None)
            .BuildServiceProvider();
        storage = services.GetRequiredService<PipelineStorage>();
        runs = services.GetRequiredService<RunStore>();
        await storage.EnsureCreatedAsync(Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task A_job_publishes_a_model_that_becomes_champion()
    {
        await QueueAsync(new RetrainRequest { Epochs = 2 });

        Assert.True(await RunJobAsync());

        var run = (await runs.FindAsync(Run, Cancellation))!;
        Assert.Equal(RunState.Published, run.State);
        Assert.Equal(1, run.Attempts);
        Assert.Equal(run.TotalSteps, run.Step);
        Assert.Null(run.Progress);
        Assert.True(run.Metrics.ContainsKey("validationAccuracy") && run.Metrics.ContainsKey("testAccuracy"));
        var registry = services.GetRequiredService<ModelRegistry>();
        Assert.Equal(run.Model, (await registry.ReadChampionAsync(Cancellation)).Model);
        Assert.Equal(Run, (await registry.FindAsync(run.Model!, Cancellation))!.Run);
        Assert.Equal(run.Step, (await runs.ReadMetricsAsync(Run, Cancellation).LastAsync(Cancellation)).Step);
        Assert.Equal(0, await QueueLengthAsync());
    }

    [Fact]
    public async Task A_model_is_not_promoted_if_the_request_says_never()
    {
        await QueueAsync(new RetrainRequest { Epochs = 1, Promote = PromotionMode.Never });

        await RunJobAsync();

        Assert.Null((await services.GetRequiredService<ModelRegistry>().ReadChampionAsync(Cancellation)).Model);
        Assert.Equal(RunState.Published, (await runs.FindAsync(Run, Cancellation))!.State);
    }

    [Theory]
    [InlineData(PromotionMode.AboveBaseline, false)]
    [InlineData(PromotionMode.Auto, true)]
    public async Task A_model_below_the_linear_baseline_is_promoted_only_if_the_request_allows_it(PromotionMode promote, bool champion)
    {
        open = () => new TinyDataset(train: 300);
        await QueueAsync(new RetrainRequest { Epochs = 1, LearningRate = 1e-8, Blend = BlendMode.None, Promote = promote });

        Assert.True(await RunJobAsync());

        var run = (await runs.FindAsync(Run, Cancellation))!;
        Assert.Equal(RunState.Published, run.State);
        Assert.True(run.Metrics["validationAccuracy"] < run.Metrics["baselineValidationAccuracy"]);
        Assert.Equal(champion, (await services.GetRequiredService<ModelRegistry>().ReadChampionAsync(Cancellation)).Model == run.Model);
        if (!champion)
            Assert.StartsWith("not promoted: below the linear baseline: validation accuracy 0.", run.Promotion);
        var card = await storage.Models.GetBlobClient(StorageLayout.ModelFolder(run.Model!) + "README.md").DownloadContentAsync(Cancellation);
        Assert.Contains("- below the linear baseline: validation accuracy", card.Value.Content.ToString());
    }

    [Fact]
    public async Task A_duplicate_message_for_a_finished_run_is_deleted()
    {
        await QueueAsync(new RetrainRequest { Epochs = 1 });
        await RunJobAsync();
        var before = await runs.FindAsync(Run, Cancellation);
        await SendAsync();

        Assert.True(await RunJobAsync());

        Assert.Equal(before!.Attempts, (await runs.FindAsync(Run, Cancellation))!.Attempts);
        Assert.Equal(0, await QueueLengthAsync());
    }

    [Fact]
    public async Task A_run_leased_by_another_trainer_stays_queued()
    {
        await QueueAsync(new RetrainRequest());
        var lockBlob = storage.Runs.GetBlobClient(StorageLayout.RunLock(Run));
        await lockBlob.UploadAsync(new BinaryData(""), Cancellation);
        await lockBlob.GetBlobLeaseClient().AcquireAsync(TimeSpan.FromSeconds(60), cancellationToken: Cancellation);

        Assert.True(await RunJobAsync());

        Assert.Equal((RunState.Queued, 0), await StateAsync());
        Assert.Equal(1, await QueueLengthAsync());
    }

    [Fact]
    public async Task A_missing_base_model_rejects_the_run()
    {
        await QueueAsync(new RetrainRequest { BaseModel = "models/base/none" });

        Assert.False(await RunJobAsync());

        var run = (await runs.FindAsync(Run, Cancellation))!;
        Assert.Equal(RunState.Rejected, run.State);
        Assert.Contains("models/base/none", run.Reason);
        Assert.Equal(0, await QueueLengthAsync());
    }

    [Fact]
    public async Task A_missing_auxiliary_dataset_rejects_the_run()
    {
        await QueueAsync(new RetrainRequest(), auxiliary: ["tiny/00000000000000ff"]);

        Assert.False(await RunJobAsync());

        var run = (await runs.FindAsync(Run, Cancellation))!;
        Assert.Equal(RunState.Rejected, run.State);
        Assert.Contains("expected dataset tiny/00000000000000ff, found no dataset of that name", run.Reason);
        Assert.Equal(0, await QueueLengthAsync());
    }

    [Fact]
    public async Task The_main_dataset_is_opened_before_the_auxiliary_datasets()
    {
        var other = dataset.Manifest with { Version = "00000000000000ee" };
        catalog.Add(other);
        await QueueAsync(new RetrainRequest { BaseModel = "models/base/none" }, auxiliary: ["tiny/00000000000000ee"]);

        Assert.False(await RunJobAsync());

        Assert.Equal([dataset.Manifest, other], opened);
    }

    [Fact]
    public async Task A_failing_job_is_retried_until_its_fifth_attempt_fails_the_run()
    {
        open = () => throw new IOException("the disk is on fire");
        await QueueAsync(new RetrainRequest());

        for (var attempt = 1; attempt < 5; attempt++)
        {
            Assert.False(await RunJobAsync());
            Assert.Equal((RunState.Training, attempt), await StateAsync());
        }

        Assert.False(await RunJobAsync());

        Assert.Equal((RunState.Failed, 5), await StateAsync());
        Assert.Contains("the disk is on fire", (await runs.FindAsync(Run, Cancellation))!.Reason);
        Assert.Equal(0, await QueueLengthAsync());
        Assert.Contains(Run, (await storage.Queue(StorageLayout.TrainingJobsPoisonQueue).ReceiveMessageAsync(cancellationToken: Cancellation)).Value.MessageText);
    }

    [Fact]
    public async Task A_transient_error_is_retried_successfully()
    {
        var faults = 1;
        open = () => faults-- > 0 ? throw new IOException("once") : dataset;
        await QueueAsync(new RetrainRequest { Epochs = 1 });

        Assert.False(await RunJobAsync());
        Assert.True(await RunJobAsync());

        Assert.Equal((RunState.Published, 2), await StateAsync());
    }

    [Fact]
    public async Task Progress_is_written_to_the_run_record()
    {
        await QueueAsync(new RetrainRequest());
        var run = await runs.TransitionAsync(Run, RunState.Training, read => read, Cancellation);

        await using (var recorder = new RunRecorder(storage, runs, run, TimeProvider.System, NullLogger.Instance))
            recorder.Report(new TrainingProgress(TrainingPhase.Evaluating, 3, 10));

        Assert.Equal(new RunProgress(TrainingPhase.Evaluating, 3, 10), (await runs.FindAsync(Run, Cancellation))!.Progress);
    }

    [Fact]
    public async Task The_next_trainer_takes_over_the_job_of_a_stopped_one()
    {
        using var stopping = new CancellationTokenSource();
        open = () =>
        {
            stopping.Cancel();
            return dataset;
        };
        await QueueAsync(new RetrainRequest { Epochs = 1 });

        Assert.True(await RunJobAsync(stopping.Token));

        Assert.Equal((RunState.Training, 1), await StateAsync());
        open = () => dataset;
        Assert.True(await RunJobAsync());
        Assert.Equal((RunState.Published, 2), await StateAsync());
    }

    [Fact]
    public async Task A_job_stopped_midway_resumes_and_gives_the_same_model()
    {
        var request = new RetrainRequest { Epochs = 3, BatchSize = 4, SaveSteps = 2, FurtherPretraining = new FurtherPretraining { BatchSize = 8 } };
        await QueueAsync(request);
        await RunJobAsync();
        var uninterrupted = await runs.FindAsync(Run, Cancellation);
        await storage.Runs.DeleteBlobAsync(StorageLayout.Run(Run), cancellationToken: Cancellation);
        await QueueAsync(request);
        using var stopping = new CancellationTokenSource();

        var job = RunJobAsync(stopping.Token);
        await WaitForCheckpointAsync(job);
        await stopping.CancelAsync();

        Assert.True(await job);
        Assert.Equal((RunState.Training, 1), await StateAsync());
        Assert.True(await RunJobAsync());
        Assert.Equal((RunState.Published, 2), await StateAsync());
        Assert.Equal(uninterrupted!.Model, (await runs.FindAsync(Run, Cancellation))!.Model);
        Assert.Empty(await CheckpointsAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_trainer_that_lost_its_run_commits_nothing_whether_it_succeeds_or_fails(bool fails)
    {
        await QueueAsync(new RetrainRequest { Epochs = 1 });
        var queue = storage.Queue(StorageLayout.TrainingJobsQueue);
        for (var crash = 1; crash < 5; crash++)
        {
            var taken = (await queue.ReceiveMessageAsync(cancellationToken: Cancellation)).Value;
            await queue.UpdateMessageAsync(taken.MessageId, taken.PopReceipt, taken.MessageText, TimeSpan.Zero, Cancellation);
        }
        JobOutcome? rival = null;
        open = () =>
        {
            // Its lease expires, and a rival receives the message and finishes the run.
            open = () => dataset;
            storage.Runs.GetBlobClient(StorageLayout.RunLock(Run)).GetBlobLeaseClient().Break(TimeSpan.Zero, cancellationToken: Cancellation);
            SendAsync().GetAwaiter().GetResult();
            rival = Task.Run(() => RunJobForOutcomeAsync()).GetAwaiter().GetResult();
            return fails ? throw new IOException("the disk is on fire") : new TinyDataset(train: 80);
        };

        var outcome = await RunJobForOutcomeAsync();

        Assert.Equal((JobOutcome.Ended, JobOutcome.Taken), (rival, outcome));
        var run = (await runs.FindAsync(Run, Cancellation))!;
        Assert.Equal((RunState.Published, 2, null), (run.State, run.Attempts, run.Reason));
        var registry = services.GetRequiredService<ModelRegistry>();
        Assert.Equal(run.Model, Assert.Single(await registry.ListAsync(10, Cancellation)).Version);
        Assert.Equal(run.Model, Assert.Single((await registry.ReadChampionAsync(Cancellation)).History).Model);
        Assert.Empty((await storage.Queue(StorageLayout.TrainingJobsPoisonQueue).PeekMessagesAsync(1, Cancellation)).Value);
    }

    [Theory]
    [InlineData("14")]
    [InlineData("61")]
    [InlineData("soon")]
    public void A_lease_duration_that_storage_does_not_allow_is_rejected(string seconds)
    {
        var rejected = Assert.Throws<InputRejectedException>(() => TestSettings.Of(("LeaseSeconds", seconds)).Read<TrainerOptions>());
        Assert.Contains($"expected whole seconds from 15 to 60, found '{seconds}'", rejected.Message);
    }

    [Theory]
    [InlineData("no json")]
    [InlineData("""{"run":"none"}""")]
    [InlineData("""{"run":null}""")]
    [InlineData("""{"run":""}""")]
    [InlineData("""{"run":"../models/x"}""")]
    [InlineData("""{"run":12}""")]
    [InlineData("""["20260101-000000-abcdef01"]""")]
    [InlineData("""{"run":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}""")]
    public async Task A_message_without_a_valid_run_is_moved_to_the_poison_queue(string body)
    {
        await storage.Queue(StorageLayout.TrainingJobsQueue).SendMessageAsync(body, Cancellation);

        Assert.False(await RunJobAsync());

        Assert.Equal(0, await QueueLengthAsync());
        Assert.Equal(body, (await storage.Queue(StorageLayout.TrainingJobsPoisonQueue).ReceiveMessageAsync(cancellationToken: Cancellation)).Value.MessageText);
    }

    [Fact]
    public async Task A_message_in_plain_text_that_names_no_run_is_moved_to_the_poison_queue_and_the_next_job_runs()
    {
        await storage.RawQueue(StorageLayout.TrainingJobsQueue).SendMessageAsync("{ plain }", Cancellation);
        await QueueAsync(new RetrainRequest { Epochs = 1 });

        Assert.False(await RunJobAsync());
        Assert.True(await RunJobAsync());

        Assert.Equal((RunState.Published, 1), await StateAsync());
        Assert.Equal("{ plain }", (await storage.Queue(StorageLayout.TrainingJobsPoisonQueue).ReceiveMessageAsync(cancellationToken: Cancellation)).Value.MessageText);
    }

    [Fact]
    public async Task A_job_with_an_unreadable_run_record_is_moved_to_the_poison_queue_at_once()
    {
        await QueueAsync(new RetrainRequest());
        await storage.Runs.GetBlobClient(StorageLayout.Run(Run)).UploadAsync(new BinaryData("{ half a reco"), overwrite: true, Cancellation);

        Assert.False(await RunJobAsync());

        Assert.Equal(0, await QueueLengthAsync());
        Assert.Contains(Run, (await storage.Queue(StorageLayout.TrainingJobsPoisonQueue).ReceiveMessageAsync(cancellationToken: Cancellation)).Value.MessageText);
    }

    [Fact]
    public async Task A_run_fails_after_its_trainer_crashed_five_times()
    {
        await QueueAsync(new RetrainRequest());
        var queue = storage.Queue(StorageLayout.TrainingJobsQueue);
        for (var crash = 0; crash < 5; crash++)
        {
            var taken = (await queue.ReceiveMessageAsync(cancellationToken: Cancellation)).Value;
            await queue.UpdateMessageAsync(taken.MessageId, taken.PopReceipt, taken.MessageText, TimeSpan.Zero, Cancellation);
        }

        Assert.False(await RunJobAsync());

        Assert.Equal((RunState.Failed, 0), await StateAsync());
        Assert.Equal("the trainer crashed without reporting an error, 5 times", (await runs.FindAsync(Run, Cancellation))!.Reason);
        Assert.Equal(0, await QueueLengthAsync());
        Assert.Contains(Run, (await storage.Queue(StorageLayout.TrainingJobsPoisonQueue).ReceiveMessageAsync(cancellationToken: Cancellation)).Value.MessageText);
    }

    [Fact]
    public async Task There_is_no_job_if_the_queue_is_empty() => Assert.Null(await HeldJob.TakeAsync(storage, TimeSpan.FromSeconds(15), TimeProvider.System, Cancellation));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private IPreparedDataset Open(DatasetManifest manifest)
    {
        opened.Add(manifest);
        return open();
    }

    private async Task QueueAsync(RetrainRequest request, IReadOnlyList<string>? auxiliary = null)
    {
        await runs.CreateAsync(
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

    private Task SendAsync() => services.GetRequiredService<QueueSender>().SendAsync(StorageLayout.TrainingJobsQueue, new TrainingJob(Run), Cancellation);

    /// <returns>False if the job failed.</returns>
    private async Task<bool> RunJobAsync(CancellationToken? stopping = null) => await RunJobForOutcomeAsync(stopping) == JobOutcome.Ended;

    private async Task<JobOutcome> RunJobForOutcomeAsync(CancellationToken? stopping = null)
    {
        await using var job = await HeldJob.TakeAsync(storage, TimeSpan.FromSeconds(15), TimeProvider.System, Cancellation);
        return await services.GetRequiredService<TrainingJobRunner>().RunAsync(job!, stopping ?? Cancellation);
    }

    private async Task WaitForCheckpointAsync(Task job)
    {
        while ((await CheckpointsAsync()).Count == 0)
            Assert.False(job.IsCompleted, "The job finished without a checkpoint.");
    }

    private async Task<List<string>> CheckpointsAsync() =>
        await storage.Runs.GetBlobsAsync(new GetBlobsOptions { Prefix = StorageLayout.RunCheckpoints(Run) }, Cancellation).Select(blob => blob.Name).ToListAsync(Cancellation);

    private async Task<(RunState State, int Attempts)> StateAsync() => (await runs.FindAsync(Run, Cancellation)) is { } run ? (run.State, run.Attempts) : default;

    private async Task<int> QueueLengthAsync() => (await storage.Queue(StorageLayout.TrainingJobsQueue).GetPropertiesAsync(Cancellation)).Value.ApproximateMessagesCount;

    private sealed class Datasets(IReadOnlyList<DatasetManifest> manifests) : IDatasetCatalog
    {
        public Task<DatasetManifest?> FindNewestAsync(CancellationToken cancellationToken) => Task.FromResult<DatasetManifest?>(manifests[0]);

        public Task<DatasetManifest?> FindAsync(string name, CancellationToken cancellationToken) =>
            Task.FromResult(manifests.FirstOrDefault(manifest => $"{manifest.Dataset}/{manifest.Version}" == name));

        public Task<IReadOnlyList<DatasetManifest>> ListAsync(int max, CancellationToken cancellationToken) => Task.FromResult(manifests);
    }
}
