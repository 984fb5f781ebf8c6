using System.Text.Json;
using Azure.Storage.Blobs.Models;
using ImdbPipeline.Cli.Samples;
using ImdbPipeline.Core.Archives;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Preparing;
using ImdbPipeline.Core.Registry;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Testing;
using ImdbPipeline.Testing.Processes;
using Microsoft.Extensions.Logging.Abstractions;

namespace ImdbPipeline.EndToEnd.Tests.Processes;

/// <summary>A small training job in its own storage account, queued for trainer processes.</summary>
internal sealed class StoredJob
{
    /// <summary>The shortest lease that storage allows; the message becomes visible again after twice as long.</summary>
    public const int LeaseSeconds = 15;

    /// <summary>Name of the folder for temporary files in a host's home folder.</summary>
    public const string Temporary = "temporary";

    public const string Run = "20260101-000000-abcdef01";

    private readonly StorageOptions account;

    private StoredJob(StorageOptions account, PipelineStorage storage)
    {
        (this.account, Storage) = (account, storage);
        Runs = new RunStore(storage);
        Registry = new ModelRegistry(storage, TimeProvider.System, NullLogger<ModelRegistry>.Instance);
    }

    public PipelineStorage Storage { get; }

    public RunStore Runs { get; }

    public ModelRegistry Registry { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<StoredJob> QueueAsync(AzuriteFixture azurite, RetrainRequest request)
    {
        var account = azurite.NewAccount();
        var storage = new PipelineStorage(account);
        await storage.EnsureCreatedAsync(Cancellation);
        var folder = Directory.CreateTempSubdirectory("imdb-test-").FullName;
        var archive = Path.Combine(folder, "films.tar.gz");
        using (var file = File.Create(archive))
            new SampleArchive { Train = 120, Test = 40, Unsup = 20 }.Write(file);
        var dataset = await new DatasetPreparation(TimeProvider.System).PrepareAsync(
            ArchiveFile.Open(archive), new BlobDatasetSink(storage, TimeProvider.System), new PreparationSettings(), null, Cancellation);
        Directory.Delete(folder, recursive: true);
        var job = new StoredJob(account, storage);
        var run = new RunRecord
        {
            Run = Run,
            State = RunState.Queued,
            Request = request,
            Dataset = $"{dataset.Dataset}/{dataset.Version}",
            CreatedAt = DateTimeOffset.UnixEpoch,
        };
        Assert.True(await job.Runs.CreateAsync(run, Cancellation));
        await job.DeliverAsync();
        return job;
    }

    /// <summary>Queues the job's message, even if it is queued already.</summary>
    public Task DeliverAsync() => new QueueSender(Storage).SendAsync(StorageLayout.TrainingJobsQueue, new TrainingJob(Run), Cancellation);

    /// <summary>Settings for a trainer.</summary>
    public Dictionary<string, string> Settings => new() { [StorageOptions.Setting] = account.ConnectionString!, ["LeaseSeconds"] = $"{LeaseSeconds}" };

    /// <param name="temporary">Folder for temporary files; null for the default one.</param>
    public RunningProgram StartTrainer(string? temporary = null) => Programs.Trainer(new Dictionary<string, string>(Settings)
    {
        ["TMPDIR"] = temporary ?? Path.GetTempPath(),
        // Turns off the runtime's diagnostic sockets, which every killed .NET process leaves behind.
        ["DOTNET_EnableDiagnostics"] = "0",
    });

    /// <summary>Starts <c>imdb up</c> with the trainer's default lease.</summary>
    public RunningProgram StartHost(IReadOnlyDictionary<string, string>? settings = null) =>
        Programs.Imdb(settings ?? new Dictionary<string, string>(), "up", "--port", "0", "--storage", account.ConnectionString!);

    /// <summary>Starts <c>imdb up</c> with its own files and a short lease, so that its messages are soon redelivered after it is killed.</summary>
    public RunningProgram StartShortLeaseHost(string home) => StartHost(new Dictionary<string, string>
    {
        ["QueueLeaseSeconds"] = "2",
        ["IMDB_CACHE"] = Path.Combine(home, "cache"),
        ["TMPDIR"] = Directory.CreateDirectory(Path.Combine(home, Temporary)).FullName,
        // Turns off the runtime's diagnostic sockets, which every killed .NET process leaves behind.
        ["DOTNET_EnableDiagnostics"] = "0",
    });

    /// <summary>Uploads generated reviews to <c>incoming</c>, numbered from 0; the same reviews each time.</summary>
    public async Task UploadReviewsAsync(string file, int count)
    {
        var reviews = SampleReviews.Labelled(count, firstMovie: 1, seed: 9).Select((review, i) => JsonSerializer.Serialize(new { id = $"{i}", text = review.Text }));
        await Storage.Incoming.GetBlobClient(file).UploadAsync(new BinaryData(string.Join('\n', reviews)), Cancellation);
    }

    /// <summary>Waits until an incoming file is scored.</summary>
    public Task UntilScoredAsync(string file) => Eventually.FindAsync($"{file} to be scored", async () =>
        (await Storage.Scores.ReadJsonAsync<ScoreSummary>(StorageLayout.ScoreSummary(file), Cancellation))?.Value);

    /// <returns>The scored file, once it exists.</returns>
    public async Task<string> ScoresAsync(string file)
    {
        await UntilScoredAsync(file);
        return (await Storage.Scores.GetBlobClient(StorageLayout.ScoredFile(file)).DownloadContentAsync(Cancellation)).Value.Content.ToString();
    }

    public async Task<RunRecord> ReadAsync() => (await Runs.FindAsync(Run, Cancellation))!;

    /// <summary>Waits until the job's message is visible.</summary>
    public Task UntilMessageVisibleAsync() => Eventually.FindAsync("the job's message to be visible again", async () =>
        (await Storage.RawQueue(StorageLayout.TrainingJobsQueue).PeekMessagesAsync(1, Cancellation)).Value is [var message] ? message : null);

    /// <summary>Waits until the lease of a killed trainer has expired.</summary>
    public Task UntilLeaseExpiredAsync() => Eventually.FindAsync("the run's lease to expire", async () =>
        (await Storage.Runs.GetBlobClient(StorageLayout.RunLock(Run)).GetPropertiesAsync(cancellationToken: Cancellation)).Value.LeaseState is not LeaseState.Leased ? Run : null);

    /// <returns>Number of the job's messages in the queue, including invisible ones.</returns>
    public async Task<int> CountMessagesAsync() =>
        (await Storage.Queue(StorageLayout.TrainingJobsQueue).GetPropertiesAsync(Cancellation)).Value.ApproximateMessagesCount;

    /// <summary>Waits until a trainer has started the job.</summary>
    public Task UntilTrainerStartedAsync() => Eventually.FindAsync("a trainer to start", async () => await ReadAsync() is { State: RunState.Training } run ? run : null);

    /// <summary>Waits until the first optimizer steps are done.</summary>
    public Task UntilFirstStepAsync() => Eventually.FindAsync("the first steps", async () => await ReadAsync() is { Step: > 0 } run ? run : null);

    /// <summary>Waits until the attempt has written this many checkpoints.</summary>
    public Task UntilCheckpointAsync(int attempt, int number) => Eventually.FindAsync($"checkpoint {number} of attempt {attempt}", async () =>
        await HasCheckpointAsync(attempt, number) ? Run : null);

    public async Task<bool> HasCheckpointAsync(int attempt, int number) =>
        (await Storage.Runs.NamesAsync(StorageLayout.RunCheckpoints(Run), Cancellation))
            .Any(name => string.CompareOrdinal(name, StorageLayout.RunCheckpoint(Run, attempt, number)) >= 0);
}
