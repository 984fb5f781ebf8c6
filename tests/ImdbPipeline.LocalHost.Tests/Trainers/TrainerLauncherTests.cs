using System.Diagnostics;
using System.Globalization;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.LocalHost.Trainers;
using ImdbPipeline.Testing;

namespace ImdbPipeline.LocalHost.Tests.Trainers;

public sealed class TrainerLauncherTests(AzuriteFixture azurite)
{
    private readonly LogLines log = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_waiting_job_starts_the_trainer_and_stopping_the_launcher_ends_it()
    {
        await using var launcher = await RunAsync("echo pid=$$ base=$BaseModel; exec sleep 600");
        var line = await FindLineAsync("trainer: pid=");
        await launcher.DisposeAsync();

        Assert.EndsWith("base=tiny", line, StringComparison.Ordinal);
        var processId = int.Parse(line.Split('=', ' ')[2], CultureInfo.InvariantCulture);
        Assert.Throws<ArgumentException>(() => Process.GetProcessById(processId));
    }

    [Fact]
    public async Task A_trainer_that_ignores_SIGTERM_is_killed()
    {
        await using var launcher = await RunAsync("trap '' TERM; echo pid=$$; while true; do sleep 0.1; done");
        var line = await FindLineAsync("trainer: pid=");
        await launcher.DisposeAsync();
        var processId = int.Parse(line.Split('=')[1], CultureInfo.InvariantCulture);
        Assert.Throws<ArgumentException>(() => Process.GetProcessById(processId));
    }

    [Fact]
    public async Task A_failed_trainer_is_restarted_while_its_job_is_waiting()
    {
        await using var launcher = await RunAsync("exit 3");
        await Eventually.HoldsAsync("two trainers exited", () => log.Lines.Count(line => line == "Trainer exited with code 3") >= 2);
    }

    [Fact]
    public async Task No_trainer_starts_without_a_waiting_job()
    {
        var storage = await azurite.NewStorageAsync(Cancellation);
        var timeProvider = new CountingTimeProvider();
        await using var launcher = await RunningService.StartAsync(new TrainerLauncher(
            storage, new TrainerProcessOptions { Command = ["/bin/sh", "-c", "exit 0"], PollingInterval = TimeSpan.FromMilliseconds(10) }, timeProvider, log));
        await Eventually.HoldsAsync("the queue polled several times", () => timeProvider.Waits >= 3);
        Assert.Empty(log.Lines);
    }

    private async Task<RunningService> RunAsync(string script)
    {
        Assert.SkipUnless(File.Exists("/bin/sh"), "The stand-in for the trainer is a shell script.");
        var storage = await azurite.NewStorageAsync(Cancellation);
        await storage.Queue(StorageLayout.TrainingJobsQueue).SendMessageAsync("""{"run":"r"}""", Cancellation);
        var options = new TrainerProcessOptions
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

    private sealed class CountingTimeProvider : TimeProvider
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
