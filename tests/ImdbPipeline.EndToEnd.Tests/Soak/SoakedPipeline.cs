using System.Diagnostics;
using System.Text.Json;
using ImdbPipeline.Cli.Samples;
using ImdbPipeline.Core.Registry;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Uploads;
using ImdbPipeline.EndToEnd.Tests.Processes;
using ImdbPipeline.Testing;
using ImdbPipeline.Testing.Faults;
using ImdbPipeline.Testing.Processes;
using Microsoft.Extensions.Logging.Abstractions;

namespace ImdbPipeline.EndToEnd.Tests.Soak;

/// <summary>Two hosts on one account that can be cut off: one only loses storage, the other is also killed, stopped and frozen.</summary>
internal sealed class SoakedPipeline : IAsyncDisposable
{
    private const int MaxOpenRuns = 3;
    private const int Rows = 600;

    private readonly Random random;
    private readonly PipelineStorage storage;
    private readonly InterruptibleAccount throughProxy;
    private readonly StorageOptions account;
    private readonly ModelRegistry registry;
    private readonly string folder = Directory.CreateTempSubdirectory("imdb-soak-").FullName;
    private readonly (Func<Task> Act, int Weight, string Name)[] actions;
    private readonly Dictionary<string, int> done = [];
    private readonly List<(TimeSpan At, long Bytes, int Handles)> survivorSizes = [];
    private readonly Stopwatch clock = Stopwatch.StartNew();

    // What was asked for.
    private readonly Dictionary<string, bool> archives = [];
    private readonly HashSet<string> runs = [];
    private readonly Dictionary<string, int> files = [];

    private readonly HashSet<string> verified = [];

    private RunningProgram survivor = null!;
    private RunningProgram victim = null!;
    private int number;

    private SoakedPipeline(StorageOptions account, Random random)
    {
        (this.account, this.random) = (account, random);
        storage = new PipelineStorage(account);
        throughProxy = new InterruptibleAccount(account, new StorageRetries());
        registry = new ModelRegistry(storage, TimeProvider.System, NullLogger<ModelRegistry>.Instance);
        actions =
        [
            (UploadArchiveAsync, 4, "archives uploaded"),
            (OverwriteArchiveAsync, 1, "archives overwritten"),
            (UploadHostileArchiveAsync, 1, "hostile archives uploaded"),
            (RetrainAsync, 3, "retrain messages sent"),
            (UploadFileAsync, 6, "files uploaded for scoring"),
            (OverwriteFileAsync, 1, "files overwritten"),
            (RollBackAsync, 1, "roll-backs"),
            (KillHostAsync, 2, "hosts killed"),
            (StopHostAsync, 2, "hosts stopped in order"),
            (FreezeHostAsync, 1, "hosts frozen"),
            (KillTrainerAsync, 2, "trainers killed"),
            (StopTrainerAsync, 2, "trainers stopped in order"),
            (CutStorageAsync, 2, "storage outages"),
        ];
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<SoakedPipeline> StartAsync(AzuriteFixture azurite, Random random)
    {
        var soak = new SoakedPipeline(azurite.NewAccount(), random);
        await soak.storage.EnsureCreatedAsync(Cancellation);
        soak.survivor = soak.StartHost("survivor");
        soak.victim = soak.StartHost("victim");
        return soak;
    }

    public async Task ActAsync()
    {
        var pick = random.Next(actions.Sum(action => action.Weight));
        var (act, _, name) = actions.First(action => (pick -= action.Weight) < 0);
        await act();
        done[name] = done.GetValueOrDefault(name) + 1;
        Assert.False(survivor.HasExited, survivor.Output);
        survivorSizes.Add((clock.Elapsed, Memory(survivor.Id), Handles(survivor.Id)));
    }

    /// <summary>Everything visible is complete, whatever is going on.</summary>
    public async Task AssertNothingPartialAsync()
    {
        await VisibleState.DatasetsAsync(storage, verified);
        await VisibleState.ModelsAsync(storage, registry, verified);
        Assert.True(ChampionHistory.IsConsistent(await registry.ReadChampionAsync(Cancellation)));
        foreach (var file in files.Keys)
            await FindScoresAsync(file);
    }

    /// <summary>Ends all disturbances and waits until nothing is left to do.</summary>
    public async Task CalmDownAsync()
    {
        throughProxy.Restore();
        if (victim.HasExited)
            await RestartVictimAsync();
        // Killed hosts leave messages invisible for their lease, and a lost event waits for the reconciler.
        var deadline = clock.Elapsed + TimeSpan.FromMinutes(15);
        while (await FindUnfinishedAsync() is { } unfinished)
        {
            Assert.True(clock.Elapsed < deadline, $"still unfinished: {unfinished}\n{Tail(survivor.Output)}");
            await Task.Delay(500, Cancellation);
        }
    }

    public async Task AssertEverythingDoneAsync()
    {
        verified.Clear();
        await AssertNothingPartialAsync();
        foreach (var (archive, isValid) in archives)
        {
            var etag = await storage.Datasets.FindETagAsync(archive, Cancellation);
            var record = (await storage.FindArchiveRecordAsync(archive, etag, Cancellation))!;
            Assert.Equal((archive, isValid ? ArchiveState.Ingested : ArchiveState.Rejected), (archive, record.State));
        }
        var records = await new RunStore(storage).ListAsync(10_000, Cancellation);
        Assert.Equal(runs.Order(StringComparer.Ordinal), records.Select(run => run.Run).Order(StringComparer.Ordinal));
        Assert.All(records, run => Assert.True(run is { State: RunState.Published, AttemptOpen: false }, $"{run.Run}: {run.State}, {run.Attempts} attempts, {run.Reason}"));
        var models = await registry.ListAsync(10_000, Cancellation);
        Assert.Equal(records.Select(run => run.Model).Distinct().Order(StringComparer.Ordinal), models.Select(model => model.Version).Order(StringComparer.Ordinal));
        Assert.All(files.Keys, file => Assert.NotNull(FindScoresAsync(file).GetAwaiter().GetResult()));
        Assert.Empty(await storage.Runs.NamesAsync(StorageLayout.Checkpoints, Cancellation));
        // Only uploads that were refused are poison.
        var poison = await storage.Runs.NamesAsync(StorageLayout.PoisonRecords, Cancellation);
        Assert.All(poison, name => Assert.StartsWith(StorageLayout.PoisonRecords + StorageLayout.BlobTriggerPoisonQueue, name, StringComparison.Ordinal));
        Assert.Equal(archives.Count(archive => !archive.Value), poison.Count);
        foreach (var home in (string[])["survivor", "victim"])
            Assert.DoesNotContain(Directory.GetFileSystemEntries(Temporary(home)), entry => entry.Contains("imdb-run", StringComparison.Ordinal));
    }

    public void Report(TimeSpan duration)
    {
        var (first, last) = (survivorSizes.FirstOrDefault(size => size.At > Min(TimeSpan.FromMinutes(5), duration / 2)), survivorSizes[^1]);
        ReportedFigures.Report(
            $"{duration.TotalMinutes:0.#} min: {string.Join(", ", done.OrderBy(action => action.Key, StringComparer.Ordinal).Select(action => $"{action.Value} {action.Key}"))}; {runs.Count} runs published, {files.Count} files scored, {archives.Count} archives handled; a host that was never stopped had {first.Bytes >> 20} MB and {first.Handles} handles after {first.At.TotalMinutes:0.#} min, {last.Bytes >> 20} MB and {last.Handles} handles after {last.At.TotalMinutes:0.#} min");
    }

    public async ValueTask DisposeAsync()
    {
        await survivor.DisposeAsync();
        await victim.DisposeAsync();
        await throughProxy.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private async Task UploadArchiveAsync() => await UploadArchiveAsync($"films-{++number}.tar.gz");

    private async Task OverwriteArchiveAsync()
    {
        if (Pick(archives.Where(archive => archive.Value).Select(archive => archive.Key)) is { } archive)
            await UploadArchiveAsync(archive);
    }

    private async Task UploadArchiveAsync(string name)
    {
        using var content = new MemoryStream();
        new SampleArchive { Train = 60, Test = 20, Unsup = 0, Seed = ++number }.Write(content);
        await storage.Datasets.GetBlobClient(name).UploadAsync(new BinaryData(content.ToArray()), overwrite: true, Cancellation);
        archives[name] = true;
    }

    private async Task UploadHostileArchiveAsync()
    {
        var name = $"broken-{++number}.zip";
        await storage.Datasets.GetBlobClient(name).UploadAsync(new BinaryData("PK\u0003\u0004 and nothing else"), Cancellation);
        archives[name] = false;
    }

    private async Task RetrainAsync()
    {
        var ended = (await new RunStore(storage).ListAsync(10_000, Cancellation)).Count(run => run.State.IsFinal());
        // A run needs a dataset, and a queue of many would only lengthen the end.
        if (runs.Count - ended >= MaxOpenRuns || !archives.ContainsValue(true) || (await VisibleState.DatasetsAsync(storage, verified)).Count == 0)
            return;
        var run = $"20260101-{++number:000000}-abcdef01";
        var message = new { run, epochs = 1, batchSize = 8, maxLength = 32, saveSteps = 2, blend = "none" };
        await storage.Queue(StorageLayout.RetrainQueue).SendMessageAsync(JsonSerializer.Serialize(message), Cancellation);
        runs.Add(run);
    }

    private Task UploadFileAsync() => UploadFileAsync($"reviews-{++number}.jsonl", random.Next(1, 3) * Rows);

    private async Task OverwriteFileAsync()
    {
        if (Pick(files.Keys) is { } file)
            await UploadFileAsync(file, random.Next(1, 3) * Rows);
    }

    private async Task UploadFileAsync(string name, int count)
    {
        // Registered first: until the upload, the earlier content may still be scored.
        files[name] = -1;
        var reviews = SampleReviews.Labelled(count, firstMovie: 1, seed: ++number).Select((review, i) => JsonSerializer.Serialize(new { id = $"{i}", text = review.Text }));
        await storage.Incoming.GetBlobClient(name).UploadAsync(new BinaryData(string.Join('\n', reviews)), overwrite: true, Cancellation);
        files[name] = count;
    }

    private async Task RollBackAsync()
    {
        if (ChampionHistory.FindPrevious(await registry.ReadChampionAsync(Cancellation)) is not null)
            await registry.RollbackAsync("soak", Cancellation);
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
        {
            await victim.TerminateAsync();
            await victim.SucceedAsync();
        }
        await RestartVictimAsync();
    }

    private async Task FreezeHostAsync()
    {
        if (victim.HasExited)
            return;
        await victim.FreezeAsync();
        await Task.Delay(TimeSpan.FromSeconds(random.Next(1, 8)), Cancellation);
        await victim.ThawAsync();
    }

    private Task KillTrainerAsync() => SignalTrainerAsync("KILL");

    private Task StopTrainerAsync() => SignalTrainerAsync("TERM");

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
        var cut = throughProxy.CutAfterAsync(random.Next(3) switch { 0 => 0, 1 => 5_000, _ => 200_000 });
        await Task.WhenAny(cut, Task.Delay(TimeSpan.FromSeconds(5), Cancellation));
        await Task.Delay(TimeSpan.FromSeconds(random.Next(1, 15)), Cancellation);
        throughProxy.Restore();
    }

    private async Task RestartVictimAsync()
    {
        await victim.DisposeAsync();
        victim = StartHost("victim");
    }

    private RunningProgram StartHost(string home) => Programs.Imdb(
        new Dictionary<string, string>
        {
            ["QueueLeaseSeconds"] = "5",
            ["LeaseSeconds"] = "15",
            ["IMDB_CACHE"] = Path.Combine(folder, home, "cache"),
            ["TMPDIR"] = Directory.CreateDirectory(Temporary(home)).FullName,
            ["DOTNET_EnableDiagnostics"] = "0",
        },
        "up", "--port", "0", "--storage", throughProxy.Options.ConnectionString!);

    /// <returns>What is not done yet; null if everything is.</returns>
    private async Task<string?> FindUnfinishedAsync()
    {
        foreach (var archive in archives.Keys)
            if (await storage.FindArchiveRecordAsync(archive, await storage.Datasets.FindETagAsync(archive, Cancellation), Cancellation) is null)
                return archive;
        foreach (var run in runs)
            if ((await new RunStore(storage).FindAsync(run, Cancellation))?.State.IsFinal() != true)
                return run;
        foreach (var file in files.Keys)
            if (await FindScoresAsync(file) is null)
                return file;
        foreach (var queue in StorageLayout.Queues)
            if ((await storage.Queue(queue).GetPropertiesAsync(Cancellation)).Value.ApproximateMessagesCount > 0)
                return $"queue {queue}";
        return null;
    }

    /// <returns>The summary of the file's current content, after checking its scores; null if it is not scored yet, or there is no champion to score it.</returns>
    private async Task<ScoreSummary?> FindScoresAsync(string file)
    {
        var summary = (await storage.Scores.ReadJsonAsync<ScoreSummary>(StorageLayout.ScoreSummary(file), Cancellation))?.Value;
        var etag = await storage.Incoming.FindETagAsync(file, Cancellation);
        if (summary is null || etag is null || summary.SourceETag != etag.Value.Unquoted())
            return runs.Count == 0 && summary is null ? Unscored(file) : null;
        var lines = (await storage.Scores.GetBlobClient(summary.Scores).DownloadContentAsync(Cancellation)).Value.Content.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var records = lines.Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(Enumerable.Range(0, files[file]).Select(i => $"{i}"), records.Select(record => record.GetProperty("id").GetString()));
        Assert.All(records, record => Assert.Equal(summary.Model, record.GetProperty("model").GetString()));
        return summary;
    }

    /// <summary>Without a single run there is no champion, and files wait for ever.</summary>
    private static ScoreSummary Unscored(string file) => new()
    {
        File = file,
        State = ScoreState.Failed,
        SourceETag = "",
        Plan = "",
        Model = "",
        StartedAt = default,
        FinishedAt = default,
    };

    private string? Pick(IEnumerable<string> from) => from.ToList() is { Count: > 0 } list ? list[random.Next(list.Count)] : null;

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

    private static long Memory(int process) =>
        long.Parse(File.ReadAllText($"/proc/{process}/statm").Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture) * Environment.SystemPageSize;

    private static int Handles(int process) => Directory.GetFileSystemEntries($"/proc/{process}/fd").Length;

    private static string Tail(string output) => output.Length > 4000 ? output[^4000..] : output;

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
