using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Training;
using ImdbPipeline.EndToEnd.Tests.Hosting;
using ImdbPipeline.EndToEnd.Tests.Killing;
using ImdbPipeline.Testing;

namespace ImdbPipeline.EndToEnd.Tests.Training;

/// <summary>The trainer process in the life of a container job: stopped by the platform, started again for the same message.</summary>
public sealed class JobLifeTests(AzuriteFixture azurite)
{
    private const int WrongSetting = 2;

    // What a container job has after SIGTERM before it is killed.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Terminated_it_saves_a_checkpoint_and_gives_its_message_back_within_the_grace_and_the_next_execution_goes_on()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no SIGTERM.");
        // No checkpoint is due by its own: the one that is found was made because of the signal.
        var job = await StoredJob.QueueAsync(azurite, new RetrainRequest { Epochs = 40, BatchSize = 8, SaveSteps = 1_000_000, MaxLength = 64 });

        await using var first = job.StartTrainer();
        await job.TrainsAsync();
        Assert.Empty(await job.Storage.Runs.NamesAsync(StorageLayout.RunCheckpoints(StoredJob.Run), Cancellation));
        await first.TerminateAsync();
        var asked = first.Age;
        await first.SucceedAsync();
        var took = first.Age - asked;
        Parity.Says($"ended {took.TotalSeconds:0.0} s after SIGTERM");
        Assert.True(took < Grace, $"{took}: {first.Said}");
        Assert.Single(await job.Storage.Runs.NamesAsync(StorageLayout.RunCheckpoints(StoredJob.Run), Cancellation));
        Assert.Single((await job.Storage.RawQueue(StorageLayout.TrainingJobsQueue).PeekMessagesAsync(1, Cancellation)).Value);
        Assert.Equal((RunState.Training, 1), (await job.ReadAsync()) is var stopped ? (stopped.State, stopped.Attempts) : default);

        await using var second = job.StartTrainer();
        await second.SucceedAsync();
        var run = await job.ReadAsync();
        Assert.Equal((RunState.Published, 2), (run.State, run.Attempts));
        var card = (await job.Storage.Models.GetBlobClient($"{run.Model}/README.md").DownloadContentAsync(Cancellation)).Value.Content.ToString();
        Assert.Contains("went on from a checkpoint at step", card, StringComparison.Ordinal);
        Assert.Empty(await job.Storage.Runs.NamesAsync(StorageLayout.RunCheckpoints(StoredJob.Run), Cancellation));
        Assert.Equal(0, await job.DeliveriesLeftAsync());
    }

    [Fact]
    public async Task While_it_works_its_message_stays_with_it_beyond_the_time_it_was_taken_for()
    {
        var job = await StoredJob.QueueAsync(azurite, new RetrainRequest { Epochs = 100, FurtherPretraining = new FurtherPretraining { Epochs = 100 }, BatchSize = 1 });
        await using var trainer = job.StartTrainer();
        await job.BeginsAsync();
        var queue = job.Storage.RawQueue(StorageLayout.TrainingJobsQueue);
        // It was taken for two leases.
        await Eventually.HoldsAsync("the trainer to be older than that", () =>
        {
            Assert.Empty(queue.PeekMessages(1, Cancellation).Value);
            return trainer.Age > 2.5 * TimeSpan.FromSeconds(StoredJob.LeaseSeconds);
        });

        Assert.False(trainer.HasExited, trainer.Said);
        Assert.Equal((1, 1), (await job.DeliveriesLeftAsync(), (await job.ReadAsync()).Attempts));
    }

    [Theory]
    [InlineData(StorageOptions.Setting, "", $"{StorageOptions.Setting}__blobServiceUri")]
    [InlineData("LeaseSeconds", "90", "LeaseSeconds")]
    [InlineData("HF_ENDPOINT", "hub", "HF_ENDPOINT")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "collector", "OTEL_EXPORTER_OTLP_ENDPOINT")]
    public async Task A_wrong_setting_ends_it_at_once_with_a_code_of_its_own_and_the_settings_name(string name, string value, string named)
    {
        await using var trainer = RunningProgram.Trainer(new Dictionary<string, string> { [StorageOptions.Setting] = StorageOptions.Development, [name] = value });
        Assert.Equal(WrongSetting, await trainer.EndAsync());
        Assert.Contains(named, trainer.Said, StringComparison.Ordinal);
    }
}
