using System.Diagnostics;
using ImdbPipeline.Cli.Foundation;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.EndToEnd.Tests.Processes;
using ImdbPipeline.Testing;
using ImdbPipeline.Testing.Faults;
using ImdbPipeline.Testing.Processes;

namespace ImdbPipeline.EndToEnd.Tests.Soak;

/// <summary>Two hosts on one account that can be cut off: one only loses storage, the other is also killed, stopped and frozen, and its clock is changed.</summary>
internal sealed class SoakedHosts : IAsyncDisposable
{
    private const string Survivor = "survivor";
    private const string Victim = "victim";
    private const int MaxLogLength = 4000;

    private readonly Random random;
    private readonly InterruptibleAccount account;
    private readonly string folder = Directory.CreateTempSubdirectory("imdb-soak-").FullName;
    private readonly ShiftedClock victimClock;
    private readonly RunningProgram survivor;
    private RunningProgram victim;

    private SoakedHosts(StorageOptions account, Random random)
    {
        this.random = random;
        this.account = new InterruptibleAccount(account, new StorageRetries());
        victimClock = new ShiftedClock(Path.Combine(folder, "clock"));
        victimClock.Set(TimeSpan.Zero);
        survivor = StartHost(Survivor, new Dictionary<string, string>());
        victim = StartVictim();
        Actions =
        [
            new("hosts killed", 2, KillHostAsync),
            new("hosts stopped in order", 2, StopHostAsync),
            new("hosts frozen", 1, FreezeHostAsync),
            new("trainers killed", 2, () => SignalTrainerAsync("KILL")),
            new("trainers stopped in order", 2, () => SignalTrainerAsync("TERM")),
            new("storage outages", 2, CutStorageAsync),
            .. ShiftedClock.IsAvailable ? [new RandomAction("clock jumps", 2, JumpClockAsync)] : Array.Empty<RandomAction>(),
        ];
    }

    public IReadOnlyList<RandomAction> Actions { get; }

    /// <summary>The last log lines of the host that is never stopped.</summary>
    public string SurvivorLog => survivor.Output is { Length: > MaxLogLength } output ? output[^MaxLogLength..] : survivor.Output;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static SoakedHosts Start(StorageOptions account, Random random) => new(account, random);

    public void AssertSurviving() => Assert.False(survivor.HasExited, survivor.Output);

    public ProcessSize MeasureSurvivor() => ProcessSize.Of(survivor.Id);

    /// <summary>Ends all disturbances.</summary>
    public async Task RecoverAsync()
    {
        account.Restore();
        victimClock.Set(TimeSpan.Zero);
        if (victim.HasExited)
            await RestartVictimAsync();
    }

    /// <summary>Both hosts stop in order, and nothing is left in their temporary folders once the next trainer has run there.</summary>
    public async Task StopAsync(AzuriteFixture azurite)
    {
        foreach (var host in (RunningProgram[])[survivor, victim])
            await StopInOrderAsync(host);
        foreach (var home in (string[])[Survivor, Victim])
        {
            var job = await StoredJob.QueueAsync(azurite, new RetrainRequest { Epochs = 1, MaxLength = 32 });
            await using (var trainer = job.StartTrainer(Temporary(home)))
                await trainer.SucceedAsync();
            Assert.Empty(Directory.GetFileSystemEntries(Temporary(home)));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await survivor.DisposeAsync();
        await victim.DisposeAsync();
        await account.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private async Task KillHostAsync()
    {
        if (!victim.HasExited)
            await victim.KillAsync();
        await RestartVictimAsync();
    }

    private async Task StopHostAsync()
    {
        if (!victim.HasExited)
            await StopInOrderAsync(victim);
        await RestartVictimAsync();
    }

    private static async Task StopInOrderAsync(RunningProgram host)
    {
        await host.TerminateAsync();
        var exitCode = await host.EndAsync();
        // A host that is still starting has not taken any work.
        Assert.True(exitCode == 0 || (exitCode == (int)ExitCode.Cancelled && !host.Output.Contains("The pipeline is running", StringComparison.Ordinal)), $"exit code {exitCode}: {host.Output}");
    }

    private async Task FreezeHostAsync()
    {
        if (victim.HasExited)
            return;
        await victim.FreezeAsync();
        await Task.Delay(TimeSpan.FromSeconds(random.Next(1, 8)), Cancellation);
        await victim.ThawAsync();
    }

    private async Task SignalTrainerAsync(string signal)
    {
        var trainers = Process.GetProcesses().Where(process => IsTrainerOf(process.Id, survivor.Id) || IsTrainerOf(process.Id, victim.Id)).Select(process => process.Id).ToList();
        if (trainers.Count == 0)
            return;
        using var kill = Process.Start("kill", ["-s", signal, $"{trainers[random.Next(trainers.Count)]}"]);
        await kill.WaitForExitAsync(Cancellation);
    }

    private async Task CutStorageAsync()
    {
        // In the middle of something, sooner or later.
        var cut = account.CutAfterAsync(random.Next(3) switch { 0 => 0, 1 => 5_000, _ => 200_000 });
        await Task.WhenAny(cut, Task.Delay(TimeSpan.FromSeconds(5), Cancellation));
        await Task.Delay(TimeSpan.FromSeconds(random.Next(1, 15)), Cancellation);
        account.Restore();
    }

    private Task JumpClockAsync()
    {
        // Seconds are an adjustment, minutes a wrong clock, hours a wrong time zone.
        var unit = random.Next(3) switch { 0 => TimeSpan.FromSeconds(1), 1 => TimeSpan.FromMinutes(1), _ => TimeSpan.FromHours(1) };
        victimClock.Set(unit * random.Next(-15, 16));
        return Task.CompletedTask;
    }

    private async Task RestartVictimAsync()
    {
        await victim.DisposeAsync();
        victim = StartVictim();
    }

    private RunningProgram StartVictim() => StartHost(Victim, victimClock.Settings);

    private RunningProgram StartHost(string home, IReadOnlyDictionary<string, string> settings) => Programs.Imdb(
        new Dictionary<string, string>(settings)
        {
            ["QueueLeaseSeconds"] = "5",
            ["LeaseSeconds"] = "15",
            ["IMDB_CACHE"] = Path.Combine(folder, home, "cache"),
            ["TMPDIR"] = Directory.CreateDirectory(Temporary(home)).FullName,
            ["DOTNET_EnableDiagnostics"] = "0",
        },
        "up", "--port", "0", "--storage", account.Options.ConnectionString!);

    private string Temporary(string home) => Path.Combine(folder, home, "temporary");

    private static bool IsTrainerOf(int process, int parent)
    {
        try
        {
            // pid (name) state parent
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1] == $"{parent}" && File.ReadAllText($"/proc/{process}/cmdline").Contains("ImdbPipeline.Trainer", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            // It has ended.
            return false;
        }
    }
}
