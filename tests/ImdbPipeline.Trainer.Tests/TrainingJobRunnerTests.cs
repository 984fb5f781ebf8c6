using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Registry;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Testing;
using ImdbPipeline.Testing.Datasets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace ImdbPipeline.Trainer.Tests;

public sealed class TrainingJobRunnerTests(AzuriteFixture azurite) : TrainingJobTests(azurite)
{
    [Fact]
    public async Task A_job_publishes_a_model_that_becomes_champion()
    {
        await QueueAsync(new RetrainRequest { Epochs = 2 });

        Assert.True(await RunJobAsync());

        var run = (await Runs.FindAsync(Run, Cancellation))!;
        Assert.Equal(RunState.Published, run.State);
        Assert.Equal(1, run.Attempts);
        Assert.Equal(run.TotalSteps, run.Step);
        Assert.Null(run.Progress);
        Assert.True(run.Metrics.ContainsKey("validationAccuracy") && run.Metrics.ContainsKey("testAccuracy"));
        var registry = Services.GetRequiredService<ModelRegistry>();
        Assert.Equal(run.Model, (await registry.ReadChampionAsync(LabelledTask.Default, Cancellation)).Model);
        Assert.Equal(Run, (await registry.FindAsync(run.Model!, Cancellation))!.Run);
        Assert.Equal(run.Step, (await Runs.ReadMetricsAsync(Run, Cancellation).LastAsync(Cancellation)).Step);
        Assert.Equal(0, await QueueLengthAsync());
    }

    [Fact]
    public async Task A_model_is_not_promoted_if_the_request_says_never()
    {
        await QueueAsync(new RetrainRequest { Epochs = 1, Promote = PromotionMode.Never });

        await RunJobAsync();

        Assert.Null((await Services.GetRequiredService<ModelRegistry>().ReadChampionAsync(LabelledTask.Default, Cancellation)).Model);
        Assert.Equal(RunState.Published, (await Runs.FindAsync(Run, Cancellation))!.State);
    }

    [Theory]
    [InlineData(PromotionMode.AboveBaseline, false)]
    [InlineData(PromotionMode.Auto, true)]
    public async Task A_model_below_the_linear_baseline_is_promoted_only_if_the_request_allows_it(PromotionMode promote, bool champion)
    {
        Open = () => new TinyDataset(train: 300);
        await QueueAsync(new RetrainRequest { Epochs = 1, LearningRate = 1e-8, Blend = BlendMode.None, Promote = promote });

        Assert.True(await RunJobAsync());

        var run = (await Runs.FindAsync(Run, Cancellation))!;
        Assert.Equal(RunState.Published, run.State);
        Assert.True(run.Metrics["validationAccuracy"] < run.Metrics["baselineValidationAccuracy"]);
        Assert.Equal(champion, (await Services.GetRequiredService<ModelRegistry>().ReadChampionAsync(LabelledTask.Default, Cancellation)).Model == run.Model);
        if (!champion)
            Assert.StartsWith("not promoted: below the linear baseline: validation accuracy 0.", run.Promotion);
        var card = await Storage.Models.GetBlobClient(StorageLayout.ModelFolder(run.Model!) + "README.md").DownloadContentAsync(Cancellation);
        Assert.Contains("- below the linear baseline: validation accuracy", card.Value.Content.ToString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_cancelled_run_publishes_nothing_and_leaves_neither_message_nor_checkpoint(bool hasBegun)
    {
        await QueueAsync(new RetrainRequest { Epochs = 2, SaveSteps = 2 });
        if (hasBegun)
            Open = () =>
            {
                CancelAsync().GetAwaiter().GetResult();
                return Dataset;
            };
        else
            await CancelAsync();

        Assert.True(await RunJobAsync());

        Assert.Equal((RunState.Cancelled, hasBegun ? 1 : 0), await StateAsync());
        Assert.Empty(await Services.GetRequiredService<ModelRegistry>().ListAsync(10, Cancellation));
        Assert.Equal(0, await QueueLengthAsync());
        Assert.Empty(await Storage.Runs.GetBlobsAsync(new GetBlobsOptions { Prefix = StorageLayout.RunCheckpoints(Run) }, Cancellation).ToListAsync(Cancellation));

        Task CancelAsync() => Runs.TransitionAsync(Run, RunState.Cancelled, run => run with { Reason = "cancelled by someone" }, Cancellation);
    }

    [Fact]
    public async Task A_duplicate_message_for_a_finished_run_is_deleted()
    {
        await QueueAsync(new RetrainRequest { Epochs = 1 });
        await RunJobAsync();
        var before = await Runs.FindAsync(Run, Cancellation);
        await SendAsync();

        Assert.True(await RunJobAsync());

        Assert.Equal(before!.Attempts, (await Runs.FindAsync(Run, Cancellation))!.Attempts);
        Assert.Equal(0, await QueueLengthAsync());
    }

    [Fact]
    public async Task A_missing_base_model_rejects_the_run()
    {
        await QueueAsync(new RetrainRequest { BaseModel = "models/base/none" });

        Assert.False(await RunJobAsync());

        var run = (await Runs.FindAsync(Run, Cancellation))!;
        Assert.Equal(RunState.Rejected, run.State);
        Assert.Contains("models/base/none", run.Reason);
        Assert.Equal(0, await QueueLengthAsync());
    }

    [Fact]
    public async Task A_missing_auxiliary_dataset_rejects_the_run()
    {
        await QueueAsync(new RetrainRequest(), auxiliary: ["tiny/00000000000000ff"]);

        Assert.False(await RunJobAsync());

        var run = (await Runs.FindAsync(Run, Cancellation))!;
        Assert.Equal(RunState.Rejected, run.State);
        Assert.Contains("expected dataset tiny/00000000000000ff, found no dataset of that name", run.Reason);
        Assert.Equal(0, await QueueLengthAsync());
    }

    [Fact]
    public async Task The_main_dataset_is_opened_before_the_auxiliary_datasets()
    {
        var other = Dataset.Manifest with { Version = "00000000000000ee" };
        Catalog.Add(other);
        await QueueAsync(new RetrainRequest { BaseModel = "models/base/none" }, auxiliary: ["tiny/00000000000000ee"]);

        Assert.False(await RunJobAsync());

        Assert.Equal([Dataset.Manifest, other], Opened);
    }

    [Fact]
    public async Task Progress_is_written_to_the_run_record()
    {
        await QueueAsync(new RetrainRequest());
        var run = await Runs.TransitionAsync(Run, RunState.Training, read => read, Cancellation);

        await using (var recorder = new RunRecorder(Storage, Runs, run, TimeProvider.System, NullLogger.Instance))
            recorder.Report(new TrainingProgress(TrainingPhase.Evaluating, 3, 10));

        Assert.Equal(new RunProgress(TrainingPhase.Evaluating, 3, 10), (await Runs.FindAsync(Run, Cancellation))!.Progress);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_trainer_that_lost_its_run_commits_nothing_whether_it_succeeds_or_fails(bool fails)
    {
        await QueueAsync(new RetrainRequest { Epochs = 1 });
        JobOutcome? rival = null;
        Open = () =>
        {
            // Its lease expires, and a rival receives the message and finishes the run.
            Open = () => Dataset;
            Storage.Runs.GetBlobClient(StorageLayout.RunLock(Run)).GetBlobLeaseClient().Break(TimeSpan.Zero, cancellationToken: Cancellation);
            SendAsync().GetAwaiter().GetResult();
            rival = Task.Run(() => RunJobForOutcomeAsync()).GetAwaiter().GetResult();
            return fails ? throw new IOException("the disk is on fire") : new TinyDataset(train: 80);
        };

        var outcome = await RunJobForOutcomeAsync();

        Assert.Equal((JobOutcome.Ended, JobOutcome.Taken), (rival, outcome));
        var run = (await Runs.FindAsync(Run, Cancellation))!;
        Assert.Equal((RunState.Published, 2, null), (run.State, run.Attempts, run.Reason));
        var registry = Services.GetRequiredService<ModelRegistry>();
        Assert.Equal(run.Model, Assert.Single(await registry.ListAsync(10, Cancellation)).Version);
        Assert.Equal(run.Model, Assert.Single((await registry.ReadChampionAsync(LabelledTask.Default, Cancellation)).History).Model);
        Assert.Empty((await Storage.Queue(StorageLayout.TrainingJobsPoisonQueue).PeekMessagesAsync(1, Cancellation)).Value);
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
        await Storage.Queue(StorageLayout.TrainingJobsQueue).SendMessageAsync(body, Cancellation);

        Assert.False(await RunJobAsync());

        Assert.Equal(0, await QueueLengthAsync());
        Assert.Equal(body, (await Storage.Queue(StorageLayout.TrainingJobsPoisonQueue).ReceiveMessageAsync(cancellationToken: Cancellation)).Value.MessageText);
    }

    [Fact]
    public async Task A_message_in_plain_text_that_names_no_run_is_moved_to_the_poison_queue_and_the_next_job_runs()
    {
        await Storage.RawQueue(StorageLayout.TrainingJobsQueue).SendMessageAsync("{ plain }", Cancellation);
        await QueueAsync(new RetrainRequest { Epochs = 1 });

        Assert.False(await RunJobAsync());
        Assert.True(await RunJobAsync());

        Assert.Equal((RunState.Published, 1), await StateAsync());
        Assert.Equal("{ plain }", (await Storage.Queue(StorageLayout.TrainingJobsPoisonQueue).ReceiveMessageAsync(cancellationToken: Cancellation)).Value.MessageText);
    }

    [Fact]
    public async Task A_job_with_an_unreadable_run_record_is_moved_to_the_poison_queue_at_once()
    {
        await QueueAsync(new RetrainRequest());
        await Storage.Runs.GetBlobClient(StorageLayout.Run(Run)).UploadAsync(new BinaryData("{ half a reco"), overwrite: true, Cancellation);

        Assert.False(await RunJobAsync());

        Assert.Equal(0, await QueueLengthAsync());
        Assert.Contains(Run, (await Storage.Queue(StorageLayout.TrainingJobsPoisonQueue).ReceiveMessageAsync(cancellationToken: Cancellation)).Value.MessageText);
    }

    [Fact]
    public async Task There_is_no_job_if_the_queue_is_empty() => Assert.Null(await HeldJob.TakeAsync(Storage, TimeSpan.FromSeconds(15), TimeProvider.System, NullLogger.Instance, Cancellation));
}
