using System.Globalization;
using System.Text.RegularExpressions;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.EndToEnd.Tests.Processes;
using ImdbPipeline.Testing;

namespace ImdbPipeline.EndToEnd.Tests.Training;

/// <summary>Kills <c>imdb up</c> with SIGKILL while its trainer works.</summary>
public sealed partial class OrphanedTrainerTests(AzuriteFixture azurite)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_trainer_of_a_killed_host_releases_its_job_and_exits()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Reads process states from /proc.");
        // Far longer than the test, so the trainer exits only because its host is gone.
        var job = await StoredJob.QueueAsync(azurite, new RetrainRequest { Epochs = 100, BatchSize = 8, SaveSteps = 4, MaxLength = 64 });
        await using var host = job.StartHost();
        await job.UntilCheckpointAsync(attempt: 1, number: 2);
        var trainer = int.Parse(TrainerStarted().Match(host.Output).Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.True(IsRunning(trainer), host.Output);

        await host.KillAsync();
        await Eventually.HoldsAsync("the trainer to exit", () => !IsRunning(trainer));

        // The one-minute lease has not expired yet: the trainer itself released the message.
        Assert.Single((await job.Storage.RawQueue(StorageLayout.TrainingJobsQueue).PeekMessagesAsync(1, Cancellation)).Value);
        Assert.NotEmpty(await job.Storage.Runs.NamesAsync(StorageLayout.RunCheckpoints(StoredJob.Run), Cancellation));
        Assert.Equal(RunState.Training, (await job.ReadAsync()).State);
    }

    /// <summary>Whether the process is still running; a zombie is not.</summary>
    private static bool IsRunning(int process)
    {
        try
        {
            return !File.ReadAllText($"/proc/{process}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"Trainer started as process (\d+)")]
    private static partial Regex TrainerStarted();
}
