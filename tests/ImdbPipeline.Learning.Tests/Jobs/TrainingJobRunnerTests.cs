using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using ImdbPipeline.Core;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Registry;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Learning.BaseModels;
using ImdbPipeline.Testing;
using ImdbPipeline.Trainer;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace ImdbPipeline.Learning.Tests.Jobs;

[Collection(DropoutTurns.Name)]
public sealed class TrainingJobRunnerTests(AzuriteFixture azurite) : IAsyncLifetime
{
    private const string Run = "20260101-000000-abcdef01";

    private readonly TemporaryFolder folder = new();
    private readonly TinyReviews dataset = new(train: 60);
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
            .AddSingleton(new TrainerOptions("scratch-mini") { RetryDelay = TimeSpan.Zero })
            .AddImdbPipeline(account)
            .AddLearning()
            .AddTrainer(_ => null)
            .BuildServiceProvider();
        storage = services.GetRequiredService<PipelineStorage>();
        runs = services.GetRequiredService<RunStore>();
        await storage.EnsureCreatedAsync(Stop);
    }

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task A_job_becomes_a_published_model_and_champion()
    {
        await QueueAsync(new RetrainRequest { Epochs = 2 });

        Assert.True(await WorkAsync());

        var run = (await runs.FindAsync(Run, Stop))!;
        Assert.Equal(RunState.Published, run.State);
        Assert.Equal(1, run.Attempts);
        Assert.Equal(run.TotalSteps, run.Step);
        Assert.Null(run.Progress);
        Assert.True(run.Metrics.ContainsKey("validationAccuracy") && run.Metrics.ContainsKey("testAccuracy"));
        var registry = services.GetRequiredService<ModelRegistry>();
        Assert.Equal(run.Model, (await registry.ReadChampionAsync(Stop)).Model);
        Assert.Equal(Run, (await registry.FindAsync(run.Model!, Stop))!.Run);
        Assert.Equal(run.Step, (await runs.ReadMetricsAsync(Run, Stop).LastAsync(Stop)).Step);
        Assert.Equal(0, await WaitingAsync());
    }

    [Fact]
    public async Task A_request_never_to_promote_is_only_published()
    {
        await QueueAsync(new RetrainRequest { Epochs = 1, Promote = PromotionMode.Never });

        await WorkAsync();

        Assert.Null((await services.GetRequiredService<ModelRegistry>().ReadChampionAsync(Stop)).Model);
        Assert.Equal(RunState.Published, (await runs.FindAsync(Run, Stop))!.State);
    }

    [Theory]
    [InlineData(PromotionMode.AboveBaseline, false)]
    [InlineData(PromotionMode.Auto, true)]
    public async Task A_model_that_learnt_nothing_is_below_its_baseline_and_champion_only_where_that_is_no_matter(PromotionMode promote, bool champion)
    {
        open = () => new TinyReviews(train: 300);
        await QueueAsync(new RetrainRequest { Epochs = 1, LearningRate = 1e-8, Promote = promote });

        Assert.True(await WorkAsync());

        var run = (await runs.FindAsync(Run, Stop))!;
        Assert.Equal(RunState.Published, run.State);
        Assert.True(run.Metrics["validationAccuracy"] < run.Metrics["baselineValidationAccuracy"]);
        Assert.Equal(champion, (await services.GetRequiredService<ModelRegistry>().ReadChampionAsync(Stop)).Model == run.Model);
        if (!champion)
            Assert.StartsWith("not promoted: below the linear baseline: validation accuracy 0.", run.Promotion);
        var card = await storage.Models.GetBlobClient(StorageLayout.ModelFolder(run.Model!) + "README.md").DownloadContentAsync(Stop);
        Assert.Contains("- below the linear baseline: validation accuracy", card.Value.Content.ToString());
    }

    [Fact]
    public async Task A_job_delivered_again_after_its_run_is_over_is_only_removed()
    {
        await QueueAsync(new RetrainRequest { Epochs = 1 });
        await WorkAsync();
        var before = await runs.FindAsync(Run, Stop);
        await SendAsync();

        Assert.True(await WorkAsync());

        Assert.Equal(before!.Attempts, (await runs.FindAsync(Run, Stop))!.Attempts);
        Assert.Equal(0, await WaitingAsync());
    }

    [Fact]
    public async Task A_run_another_trainer_holds_is_left_alone()
    {
        await QueueAsync(new RetrainRequest());
        var held = storage.Runs.GetBlobClient(StorageLayout.RunLock(Run));
        await held.UploadAsync(new BinaryData(""), Stop);
        await held.GetBlobLeaseClient().AcquireAsync(TimeSpan.FromSeconds(60), cancellationToken: Stop);

        Assert.True(await WorkAsync());

        Assert.Equal((RunState.Queued, 0), await StateAsync());
        Assert.Equal(1, await WaitingAsync());
    }

    [Fact]
    public async Task A_base_model_that_does_not_exist_rejects_the_run()
    {
        await QueueAsync(new RetrainRequest { BaseModel = "models/base/none" });

        Assert.False(await WorkAsync());

        var run = (await runs.FindAsync(Run, Stop))!;
        Assert.Equal(RunState.Rejected, run.State);
        Assert.Contains("models/base/none", run.Reason);
        Assert.Equal(0, await WaitingAsync());
    }

    [Fact]
    public async Task An_auxiliary_data_set_that_is_gone_rejects_the_run()
    {
        await QueueAsync(new RetrainRequest(), auxiliary: ["tiny/00000000000000ff"]);

        Assert.False(await WorkAsync());

        var run = (await runs.FindAsync(Run, Stop))!;
        Assert.Equal(RunState.Rejected, run.State);
        Assert.Contains("expected data set tiny/00000000000000ff, found none of that name", run.Reason);
        Assert.Equal(0, await WaitingAsync());
    }

    [Fact]
    public async Task The_data_sets_of_a_run_are_opened_the_auxiliary_ones_after_its_own()
    {
        var other = dataset.Manifest with { Version = "00000000000000ee" };
        catalog.Add(other);
        await QueueAsync(new RetrainRequest { BaseModel = "models/base/none" }, auxiliary: ["tiny/00000000000000ee"]);

        Assert.False(await WorkAsync());

        Assert.Equal([dataset.Manifest, other], opened);
    }

    [Fact]
    public async Task A_fault_is_tried_again_and_given_up_after_the_fifth_attempt()
    {
        open = () => throw new IOException("the disk is on fire");
        await QueueAsync(new RetrainRequest());

        for (var attempt = 1; attempt < 5; attempt++)
        {
            Assert.False(await WorkAsync());
            Assert.Equal((RunState.Training, attempt), await StateAsync());
        }

        Assert.False(await WorkAsync());

        Assert.Equal((RunState.Failed, 5), await StateAsync());
        Assert.Contains("the disk is on fire", (await runs.FindAsync(Run, Stop))!.Reason);
        Assert.Equal(0, await WaitingAsync());
        Assert.Contains(Run, (await storage.Queue(StorageLayout.TrainingJobsPoisonQueue).ReceiveMessageAsync(cancellationToken: Stop)).Value.MessageText);
    }

    [Fact]
    public async Task A_fault_that_passes_is_forgotten()
    {
        var faults = 1;
        open = () => faults-- > 0 ? throw new IOException("once") : dataset;
        await QueueAsync(new RetrainRequest { Epochs = 1 });

        Assert.False(await WorkAsync());
        Assert.True(await WorkAsync());

        Assert.Equal((RunState.Published, 2), await StateAsync());
    }

    [Fact]
    public async Task A_watcher_sees_the_stage_and_how_far_it_is()
    {
        await QueueAsync(new RetrainRequest());
        var run = await runs.TransitionAsync(Run, RunState.Training, read => read, Stop);

        await using (var recorder = new RunRecorder(storage, runs, run, TimeProvider.System, NullLogger.Instance))
            recorder.Report(new TrainingProgress(TrainingStage.Evaluating, 3, 10));

        Assert.Equal(new RunProgress(TrainingStage.Evaluating, 3, 10), (await runs.FindAsync(Run, Stop))!.Progress);
    }

    [Fact]
    public async Task A_stopped_trainer_hands_its_job_to_the_next()
    {
        using var stopping = new CancellationTokenSource();
        open = () =>
        {
            stopping.Cancel();
            return dataset;
        };
        await QueueAsync(new RetrainRequest { Epochs = 1 });

        Assert.True(await WorkAsync(stopping.Token));

        Assert.Equal((RunState.Training, 1), await StateAsync());
        open = () => dataset;
        Assert.True(await WorkAsync());
        Assert.Equal((RunState.Published, 2), await StateAsync());
    }

    [Fact]
    public async Task A_job_stopped_in_the_middle_is_gone_on_with_to_the_same_model()
    {
        var request = new RetrainRequest { Epochs = 3, BatchSize = 4, SaveSteps = 2, FurtherPretraining = new FurtherPretraining { BatchSize = 8 } };
        await QueueAsync(request);
        await WorkAsync();
        var whole = await runs.FindAsync(Run, Stop);
        await storage.Runs.DeleteBlobAsync(StorageLayout.Run(Run), cancellationToken: Stop);
        await QueueAsync(request);
        using var stopping = new CancellationTokenSource();

        var working = WorkAsync(stopping.Token);
        await CheckpointAsync(working);
        await stopping.CancelAsync();

        Assert.True(await working);
        Assert.Equal((RunState.Training, 1), await StateAsync());
        Assert.True(await WorkAsync());
        Assert.Equal((RunState.Published, 2), await StateAsync());
        Assert.Equal(whole!.Model, (await runs.FindAsync(Run, Stop))!.Model);
        Assert.Empty(await CheckpointsAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_trainer_whose_run_was_taken_in_its_absence_commits_nothing_whether_it_succeeds_or_fails(bool fails)
    {
        await QueueAsync(new RetrainRequest { Epochs = 1 });
        var queue = storage.Queue(StorageLayout.TrainingJobsQueue);
        for (var died = 1; died < 5; died++)
        {
            var taken = (await queue.ReceiveMessageAsync(cancellationToken: Stop)).Value;
            await queue.UpdateMessageAsync(taken.MessageId, taken.PopReceipt, taken.MessageText, TimeSpan.Zero, Stop);
        }
        JobOutcome? rival = null;
        open = () =>
        {
            // Its lease lapses and its message comes to a rival, which finishes the run.
            open = () => dataset;
            storage.Runs.GetBlobClient(StorageLayout.RunLock(Run)).GetBlobLeaseClient().Break(TimeSpan.Zero, cancellationToken: Stop);
            SendAsync().GetAwaiter().GetResult();
            rival = Task.Run(() => OutcomeAsync()).GetAwaiter().GetResult();
            return fails ? throw new IOException("the disk is on fire") : new TinyReviews(train: 80);
        };

        var outcome = await OutcomeAsync();

        Assert.Equal((JobOutcome.Ended, JobOutcome.Taken), (rival, outcome));
        var run = (await runs.FindAsync(Run, Stop))!;
        Assert.Equal((RunState.Published, 2, null), (run.State, run.Attempts, run.Reason));
        var registry = services.GetRequiredService<ModelRegistry>();
        Assert.Equal(run.Model, Assert.Single(await registry.ListAsync(10, Stop)).Version);
        Assert.Equal(run.Model, Assert.Single((await registry.ReadChampionAsync(Stop)).History).Model);
        Assert.Empty((await storage.Queue(StorageLayout.TrainingJobsPoisonQueue).PeekMessagesAsync(1, Stop)).Value);
    }

    [Theory]
    [InlineData("14")]
    [InlineData("61")]
    [InlineData("soon")]
    public void A_lease_that_storage_does_not_allow_is_refused(string seconds)
    {
        var refused = Assert.Throws<InputRejectedException>(() => TrainerOptions.From(name => name == "LeaseSeconds" ? seconds : null));
        Assert.Contains($"expected whole seconds from 15 to 60, found '{seconds}'", refused.Message);
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
    public async Task A_message_that_names_no_run_is_given_up(string body)
    {
        await storage.Queue(StorageLayout.TrainingJobsQueue).SendMessageAsync(body, Stop);

        Assert.False(await WorkAsync());

        Assert.Equal(0, await WaitingAsync());
        Assert.Equal(body, (await storage.Queue(StorageLayout.TrainingJobsPoisonQueue).ReceiveMessageAsync(cancellationToken: Stop)).Value.MessageText);
    }

    [Fact]
    public async Task A_message_that_is_not_Base64_is_given_up_and_the_next_job_is_done()
    {
        await storage.RawQueue(StorageLayout.TrainingJobsQueue).SendMessageAsync("{ plain }", Stop);
        await QueueAsync(new RetrainRequest { Epochs = 1 });

        Assert.False(await WorkAsync());
        Assert.True(await WorkAsync());

        Assert.Equal((RunState.Published, 1), await StateAsync());
        Assert.Equal("{ plain }", (await storage.Queue(StorageLayout.TrainingJobsPoisonQueue).ReceiveMessageAsync(cancellationToken: Stop)).Value.MessageText);
    }

    [Fact]
    public async Task A_job_whose_run_cannot_be_read_is_given_up_at_once()
    {
        await QueueAsync(new RetrainRequest());
        await storage.Runs.GetBlobClient(StorageLayout.Run(Run)).UploadAsync(new BinaryData("{ half a reco"), overwrite: true, Stop);

        Assert.False(await WorkAsync());

        Assert.Equal(0, await WaitingAsync());
        Assert.Contains(Run, (await storage.Queue(StorageLayout.TrainingJobsPoisonQueue).ReceiveMessageAsync(cancellationToken: Stop)).Value.MessageText);
    }

    [Fact]
    public async Task A_job_that_killed_its_trainer_five_times_fails_with_that_reason()
    {
        await QueueAsync(new RetrainRequest());
        var queue = storage.Queue(StorageLayout.TrainingJobsQueue);
        for (var killed = 0; killed < 5; killed++)
        {
            var taken = (await queue.ReceiveMessageAsync(cancellationToken: Stop)).Value;
            await queue.UpdateMessageAsync(taken.MessageId, taken.PopReceipt, taken.MessageText, TimeSpan.Zero, Stop);
        }

        Assert.False(await WorkAsync());

        Assert.Equal((RunState.Failed, 0), await StateAsync());
        Assert.Contains("the trainer ended without a word in each of 5 attempts", (await runs.FindAsync(Run, Stop))!.Reason);
        Assert.Equal(0, await WaitingAsync());
        Assert.Contains(Run, (await storage.Queue(StorageLayout.TrainingJobsPoisonQueue).ReceiveMessageAsync(cancellationToken: Stop)).Value.MessageText);
    }

    [Fact]
    public async Task No_message_is_no_work() => Assert.Null(await HeldJob.TakeAsync(storage, TimeSpan.FromSeconds(15), TimeProvider.System, Stop));

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

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
            Stop);
        await SendAsync();
    }

    private Task SendAsync() => services.GetRequiredService<QueueSender>().SendAsync(StorageLayout.TrainingJobsQueue, new TrainingJob(Run), Stop);

    /// <returns>Whether the job did not fail.</returns>
    private async Task<bool> WorkAsync(CancellationToken? stopping = null) => await OutcomeAsync(stopping) == JobOutcome.Ended;

    private async Task<JobOutcome> OutcomeAsync(CancellationToken? stopping = null)
    {
        await using var job = await HeldJob.TakeAsync(storage, TimeSpan.FromSeconds(15), TimeProvider.System, Stop);
        return await services.GetRequiredService<TrainingJobRunner>().RunAsync(job!, stopping ?? Stop);
    }

    private async Task CheckpointAsync(Task working)
    {
        while ((await CheckpointsAsync()).Count == 0)
            Assert.False(working.IsCompleted, "the job ended without a checkpoint");
    }

    private async Task<List<string>> CheckpointsAsync() =>
        await storage.Runs.GetBlobsAsync(new GetBlobsOptions { Prefix = StorageLayout.RunCheckpoints(Run) }, Stop).Select(blob => blob.Name).ToListAsync(Stop);

    private async Task<(RunState State, int Attempts)> StateAsync() => (await runs.FindAsync(Run, Stop)) is { } run ? (run.State, run.Attempts) : default;

    private async Task<int> WaitingAsync() => (await storage.Queue(StorageLayout.TrainingJobsQueue).GetPropertiesAsync(Stop)).Value.ApproximateMessagesCount;

    private sealed class Datasets(IReadOnlyList<DatasetManifest> manifests) : IDatasetCatalog
    {
        public Task<DatasetManifest?> FindNewestAsync(CancellationToken cancellationToken) => Task.FromResult<DatasetManifest?>(manifests[0]);

        public Task<DatasetManifest?> FindAsync(string name, CancellationToken cancellationToken) =>
            Task.FromResult(manifests.FirstOrDefault(manifest => $"{manifest.Dataset}/{manifest.Version}" == name));

        public Task<IReadOnlyList<DatasetManifest>> ListAsync(int max, CancellationToken cancellationToken) => Task.FromResult(manifests);
    }
}
