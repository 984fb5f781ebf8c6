using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.EndToEnd.Tests.Processes;
using ImdbPipeline.Testing;

namespace ImdbPipeline.EndToEnd.Tests.Training;

/// <summary>The trainer process as a container job: stopped by the platform and restarted for the same message.</summary>
public sealed class ContainerJobTests(AzuriteFixture azurite)
{
    private const int InvalidSetting = 2;

    // Time between SIGTERM and SIGKILL for a container job.
    private static readonly TimeSpan GracePeriod = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task On_SIGTERM_the_trainer_saves_a_checkpoint_and_releases_its_message_in_time_and_the_next_trainer_resumes()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no SIGTERM.");
        // No checkpoint is due during the run, so the one found was saved because of the signal.
        var job = await StoredJob.QueueAsync(azurite, new RetrainRequest { Epochs = 40, BatchSize = 8, SaveSteps = 1_000_000, MaxLength = 64 });

        await using var first = job.StartTrainer();
        await job.UntilFirstStepAsync();
        Assert.Empty(await job.Storage.Runs.NamesAsync(StorageLayout.RunCheckpoints(StoredJob.Run), Cancellation));
        await first.TerminateAsync();
        var terminatedAt = first.Age;
        await first.SucceedAsync();
        var took = first.Age - terminatedAt;
        ReportedFigures.Report($"exited {took.TotalSeconds:0.0} s after SIGTERM");
        Assert.True(took < GracePeriod, $"{took}: {first.Output}");
        Assert.Single(await job.Storage.Runs.NamesAsync(StorageLayout.RunCheckpoints(StoredJob.Run), Cancellation));
        Assert.Single((await job.Storage.RawQueue(StorageLayout.TrainingJobsQueue).PeekMessagesAsync(1, Cancellation)).Value);
        Assert.Equal((RunState.Training, 1), (await job.ReadAsync()) is var stopped ? (stopped.State, stopped.Attempts) : default);

        await using var second = job.StartTrainer();
        await second.SucceedAsync();
        var run = await job.ReadAsync();
        Assert.Equal((RunState.Published, 2), (run.State, run.Attempts));
        var card = (await job.Storage.Models.GetBlobClient($"{run.Model}/README.md").DownloadContentAsync(Cancellation)).Value.Content.ToString();
        Assert.Contains("resumed from a checkpoint at step", card, StringComparison.Ordinal);
        Assert.Empty(await job.Storage.Runs.NamesAsync(StorageLayout.RunCheckpoints(StoredJob.Run), Cancellation));
        Assert.Equal(0, await job.CountMessagesAsync());
    }

    [Fact]
    public async Task A_working_trainer_keeps_its_message_invisible_beyond_the_initial_visibility_timeout()
    {
        var job = await StoredJob.QueueAsync(azurite, new RetrainRequest { Epochs = 100, FurtherPretraining = new FurtherPretraining { Epochs = 100 }, BatchSize = 1 });
        await using var trainer = job.StartTrainer();
        await job.UntilTrainerStartedAsync();
        var queue = job.Storage.RawQueue(StorageLayout.TrainingJobsQueue);
        // The initial visibility timeout is two leases.
        await Eventually.HoldsAsync("the trainer to run longer than that", () =>
        {
            Assert.Empty(queue.PeekMessages(1, Cancellation).Value);
            return trainer.Age > 2.5 * TimeSpan.FromSeconds(StoredJob.LeaseSeconds);
        });

        Assert.False(trainer.HasExited, trainer.Output);
        Assert.Equal((1, 1), (await job.CountMessagesAsync(), (await job.ReadAsync()).Attempts));
    }

    [Theory]
    [InlineData(StorageOptions.Setting, "", $"{StorageOptions.Setting}__blobServiceUri")]
    [InlineData(StorageOptions.Setting, "AccountKey=c2VjcmV0", "an invalid one")]
    [InlineData("LeaseSeconds", "90", "LeaseSeconds")]
    [InlineData("HF_ENDPOINT", "hub", "HF_ENDPOINT")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "collector", "OTEL_EXPORTER_OTLP_ENDPOINT")]
    public async Task An_invalid_setting_ends_the_trainer_with_a_dedicated_exit_code_and_the_setting_name(string name, string value, string named)
    {
        await using var trainer = Programs.Trainer(new Dictionary<string, string> { [StorageOptions.Setting] = StorageOptions.Development, [name] = value });
        Assert.Equal(InvalidSetting, await trainer.EndAsync());
        Assert.Contains(named, trainer.Output, StringComparison.Ordinal);
    }
}
