using System.Diagnostics;
using System.Globalization;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.LocalHost.Training;
using ImdbPipeline.Testing;

namespace ImdbPipeline.EndToEnd.Tests.Hosting;

public sealed class TrainerLauncherTests(AzuriteFixture azurite)
{
    private readonly LogLines log = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Waiting_job_starts_the_trainer_and_stopping_ends_it()
    {
        await using var launcher = await RunAsync("echo pid=$$ base=$BaseModel; exec sleep 600");
        var said = await FindLineAsync("trainer: pid=");
        await launcher.DisposeAsync();

        Assert.EndsWith("base=tiny", said, StringComparison.Ordinal);
        var processId = int.Parse(said.Split('=', ' ')[2], CultureInfo.InvariantCulture);
        Assert.Throws<ArgumentException>(() => Process.GetProcessById(processId));
    }

    [Fact]
    public async Task Trainer_that_does_not_hear_the_signal_is_killed()
    {
        await using var launcher = await RunAsync("trap '' TERM; echo pid=$$; while true; do sleep 0.1; done");
        var said = await FindLineAsync("trainer: pid=");
        await launcher.DisposeAsync();
        var processId = int.Parse(said.Split('=')[1], CultureInfo.InvariantCulture);
        Assert.Throws<ArgumentException>(() => Process.GetProcessById(processId));
    }

    [Fact]
    public async Task Failed_trainer_is_started_again_while_the_job_waits()
    {
        await using var launcher = await RunAsync("exit 3");
        await Eventually.HoldsAsync("two trainers ended", () => log.Lines.Count(line => line == "Trainer ended with 3") >= 2);
    }

    [Fact]
    public async Task Without_a_job_no_trainer_starts()
    {
        var storage = await azurite.NewStorageAsync(Cancellation);
        var looks = new CountingTime();
        await using var launcher = await RunningService.StartAsync(new TrainerLauncher(
            storage, new TrainerOptions { Command = ["/bin/sh", "-c", "exit 0"], PollingInterval = TimeSpan.FromMilliseconds(10) }, looks, log));
        await Eventually.HoldsAsync("the queue looked at several times", () => looks.Waits >= 3);
        Assert.Empty(log.Lines);
    }

    private async Task<RunningService> RunAsync(string script)
    {
        Assert.SkipUnless(File.Exists("/bin/sh"), "The stand-in for the trainer is a shell script.");
        var storage = await azurite.NewStorageAsync(Cancellation);
        await storage.Queue(StorageLayout.TrainingJobsQueue).SendMessageAsync("""{"run":"r"}""", Cancellation);
        var options = new TrainerOptions
        {
            Command = ["/bin/sh", "-c", script],
            Environment = new Dictionary<string, string> { ["BaseModel"] = "tiny" },
            RetryDelay = TimeSpan.FromMilliseconds(1),
            StopTimeout = TimeSpan.FromSeconds(1),
        };
        return await RunningService.StartAsync(new TrainerLauncher(storage, options, TimeProvider.System, log));
    }

    private Task<string> FindLineAsync(string start) =>
        Eventually.FindAsync(start, () => Task.FromResult(log.Lines.FirstOrDefault(line => line.StartsWith(start, StringComparison.Ordinal))));

    private sealed class CountingTime : TimeProvider
    {
        private int waits;

        public int Waits => waits;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Interlocked.Increment(ref waits);
            return base.CreateTimer(callback, state, dueTime, period);
        }
    }
}
