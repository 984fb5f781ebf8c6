using System.Globalization;
using System.Text.RegularExpressions;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Training;
using ImdbPipeline.EndToEnd.Tests.Hosting;
using ImdbPipeline.EndToEnd.Tests.Killing;
using ImdbPipeline.Testing;

namespace ImdbPipeline.EndToEnd.Tests.Training;

/// <summary>Really kills <c>imdb up</c> while its trainer works.</summary>
public sealed partial class OrphanedTrainerTests(AzuriteFixture azurite)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_trainer_of_a_host_that_is_killed_hands_its_job_on_and_ends()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Looks for the process in /proc.");
        // Far longer than the test: it ends because it is told to.
        var job = await StoredJob.QueueAsync(azurite, new RetrainRequest { Epochs = 100, BatchSize = 8, SaveSteps = 4, MaxLength = 64 });
        await using var host = job.StartHost();
        await job.CheckpointsAsync(attempt: 1, number: 2);
        var trainer = int.Parse(Started().Match(host.Said).Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.True(Lives(trainer), host.Said);

        await host.KillAsync();
        await Eventually.HoldsAsync("the trainer to end", () => !Lives(trainer));

        // Its lease of a minute is not over yet: the trainer itself gave the message back.
        Assert.Single((await job.Storage.RawQueue(StorageLayout.TrainingJobsQueue).PeekMessagesAsync(1, Cancellation)).Value);
        Assert.NotEmpty(await job.Storage.Runs.NamesAsync(StorageLayout.RunCheckpoints(StoredJob.Run), Cancellation));
        Assert.Equal(RunState.Training, (await job.ReadAsync()).State);
    }

    /// <summary>Whether the process is there and has not ended, whoever may have to be told so still.</summary>
    private static bool Lives(int process)
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
    private static partial Regex Started();
}
