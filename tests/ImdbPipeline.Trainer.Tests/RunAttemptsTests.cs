using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace ImdbPipeline.Trainer.Tests;

public sealed class RunAttemptsTests(AzuriteFixture azurite) : TrainingJobTests(azurite)
{
    [Fact]
    public async Task A_failing_job_is_retried_until_its_fifth_attempt_fails_the_run()
    {
        Open = () => throw new IOException("the disk is on fire");
        await QueueAsync(new RetrainRequest());

        for (var attempt = 1; attempt < 5; attempt++)
        {
            Assert.False(await RunJobAsync());
            Assert.Equal((RunState.Training, attempt), await StateAsync());
            Assert.Equal($"attempt {attempt} failed: the disk is on fire", (await Runs.FindAsync(Run, Cancellation))!.Reason);
        }

        Assert.False(await RunJobAsync());

        Assert.Equal((RunState.Failed, 5), await StateAsync());
        Assert.Contains("the disk is on fire", (await Runs.FindAsync(Run, Cancellation))!.Reason);
        Assert.Equal(0, await QueueLengthAsync());
        Assert.Contains(Run, (await Storage.Queue(StorageLayout.TrainingJobsPoisonQueue).ReceiveMessageAsync(cancellationToken: Cancellation)).Value.MessageText);
    }

    [Fact]
    public async Task A_transient_error_is_retried_successfully()
    {
        var faults = 1;
        Open = () => faults-- > 0 ? throw new IOException("once") : Dataset;
        await QueueAsync(new RetrainRequest { Epochs = 1 });

        Assert.False(await RunJobAsync());
        Assert.True(await RunJobAsync());

        Assert.Equal((RunState.Published, 2), await StateAsync());
    }

    [Fact]
    public async Task The_next_trainer_takes_over_the_job_of_a_stopped_one()
    {
        using var stopping = new CancellationTokenSource();
        Open = () =>
        {
            stopping.Cancel();
            return Dataset;
        };
        await QueueAsync(new RetrainRequest { Epochs = 1 });

        Assert.True(await RunJobAsync(stopping.Token));

        Assert.Equal((RunState.Training, 1), await StateAsync());
        Open = () => Dataset;
        Assert.True(await RunJobAsync());
        Assert.Equal((RunState.Published, 2), await StateAsync());
    }

    [Fact]
    public async Task A_job_stopped_midway_resumes_and_gives_the_same_model()
    {
        var request = new RetrainRequest { Epochs = 3, BatchSize = 4, SaveSteps = 2, FurtherPretraining = new FurtherPretraining { BatchSize = 8 } };
        await QueueAsync(request);
        await RunJobAsync();
        var uninterrupted = await Runs.FindAsync(Run, Cancellation);
        await Storage.Runs.DeleteBlobAsync(StorageLayout.Run(Run), cancellationToken: Cancellation);
        await QueueAsync(request);
        using var stopping = new CancellationTokenSource();

        var job = RunJobAsync(stopping.Token);
        await WaitForCheckpointAsync(job);
        await stopping.CancelAsync();

        Assert.True(await job);
        Assert.Equal((RunState.Training, 1), await StateAsync());
        Assert.True(await RunJobAsync());
        Assert.Equal((RunState.Published, 2), await StateAsync());
        Assert.Equal(uninterrupted!.Model, (await Runs.FindAsync(Run, Cancellation))!.Model);
        Assert.Empty(await CheckpointsAsync());
    }

    [Fact]
    public async Task A_run_leased_by_another_trainer_stays_queued_and_loses_no_attempt()
    {
        await QueueAsync(new RetrainRequest());
        var lockBlob = Storage.Runs.GetBlobClient(StorageLayout.RunLock(Run));
        await lockBlob.UploadAsync(new BinaryData(""), Cancellation);
        await lockBlob.GetBlobLeaseClient().AcquireAsync(TimeSpan.FromSeconds(60), cancellationToken: Cancellation);

        for (var delivery = 0; delivery < 6; delivery++)
        {
            Assert.True(await RunJobAsync());
            await SendAsync();
        }

        Assert.Equal((RunState.Queued, 0), await StateAsync());
        Assert.Equal(7, await QueueLengthAsync());
    }

    [Fact]
    public async Task Any_number_of_orderly_stops_leaves_a_run_healthy()
    {
        using var source = new Stops();
        Open = source.Stop(Dataset);
        await QueueAsync(new RetrainRequest { Epochs = 1 });
        for (var stop = 1; stop <= 6; stop++)
        {
            Assert.True(await RunJobAsync(source.Next()));
            var stopped = (await Runs.FindAsync(Run, Cancellation))!;
            Assert.Equal((RunState.Training, stop, 0, false), (stopped.State, stopped.Attempts, stopped.FailedAttempts, stopped.AttemptOpen));
        }

        Open = () => Dataset;
        Assert.True(await RunJobAsync());
        Assert.Equal((RunState.Published, 7), await StateAsync());
    }

    [Fact]
    public async Task A_run_fails_after_its_trainer_crashed_five_times_in_a_row()
    {
        await QueueAsync(new RetrainRequest());
        for (var crash = 0; crash < 5; crash++)
            await CrashAsync();

        Assert.False(await RunJobAsync());

        Assert.Equal((RunState.Failed, 5), await StateAsync());
        Assert.Contains("found that it crashed without either in 5 attempts in a row", (await Runs.FindAsync(Run, Cancellation))!.Reason);
        Assert.Equal(0, await QueueLengthAsync());
        Assert.Contains(Run, (await Storage.Queue(StorageLayout.TrainingJobsPoisonQueue).ReceiveMessageAsync(cancellationToken: Cancellation)).Value.MessageText);
    }

    [Fact]
    public async Task A_crash_after_a_new_checkpoint_costs_no_attempt()
    {
        await QueueAsync(new RetrainRequest { Epochs = 1 });
        for (var crash = 1; crash <= 6; crash++)
        {
            await CrashAsync();
            await Storage.Runs.GetBlobClient(StorageLayout.RunCheckpoint(Run, crash, 1)).UploadAsync(new BinaryData("of another version"), overwrite: true, Cancellation);
        }

        Assert.True(await RunJobAsync());

        Assert.Equal((RunState.Published, 7), await StateAsync());
    }

    [Fact]
    public async Task A_failed_attempt_waits_longer_after_each_failure_in_a_row()
    {
        var attempts = new RunAttempts(Storage, Runs, new TrainerOptions { RetryDelay = TimeSpan.FromSeconds(15) }, TimeProvider.System);
        await QueueAsync(new RetrainRequest());
        var delays = new List<double?>();
        for (var attempt = 1; attempt <= 5; attempt++)
            delays.Add((await attempts.FailAsync(await attempts.BeginAsync(Run, Cancellation), "no space left", Cancellation))?.TotalSeconds);
        Assert.Equal([15, 60, 240, 960, null], delays);
    }

    /// <summary>An attempt whose process dies before it stores a checkpoint.</summary>
    private Task<RunRecord> CrashAsync() => Services.GetRequiredService<RunAttempts>().BeginAsync(Run, Cancellation);

    private async Task WaitForCheckpointAsync(Task job)
    {
        while ((await CheckpointsAsync()).Count == 0)
            Assert.False(job.IsCompleted, "The job finished without a checkpoint.");
    }

    private async Task<List<string>> CheckpointsAsync() =>
        await Storage.Runs.GetBlobsAsync(new GetBlobsOptions { Prefix = StorageLayout.RunCheckpoints(Run) }, Cancellation).Select(blob => blob.Name).ToListAsync(Cancellation);


    /// <summary>Stops each attempt when it opens its dataset.</summary>
    private sealed class Stops : IDisposable
    {
        private CancellationTokenSource stopping = new();

        public CancellationToken Next()
        {
            stopping.Dispose();
            stopping = new CancellationTokenSource();
            return stopping.Token;
        }

        public Func<IPreparedDataset> Stop(IPreparedDataset dataset) => () =>
        {
            stopping.Cancel();
            return dataset;
        };

        public void Dispose() => stopping.Dispose();
    }
}
