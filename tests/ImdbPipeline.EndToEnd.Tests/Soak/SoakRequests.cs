using System.Text.Json;
using ImdbPipeline.Cli.Samples;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Registry;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.EndToEnd.Tests.Processes;
using Microsoft.Extensions.Logging.Abstractions;

namespace ImdbPipeline.EndToEnd.Tests.Soak;

/// <summary>Asks for work at random, and knows what was asked for.</summary>
internal sealed class SoakRequests
{
    private const int MaxOpenRuns = 3;
    private const int Rows = 600;

    private readonly PipelineStorage storage;
    private readonly Random random;
    private readonly Dictionary<string, bool> archives = [];
    private readonly HashSet<string> runs = [];
    private readonly Dictionary<string, int> files = [];
    private readonly HashSet<string> verified = [];
    private int number;

    public SoakRequests(PipelineStorage storage, Random random)
    {
        (this.storage, this.random) = (storage, random);
        Registry = new ModelRegistry(storage, TimeProvider.System, NullLogger<ModelRegistry>.Instance);
        Actions =
        [
            new("archives uploaded", 4, UploadArchiveAsync),
            new("archives overwritten", 1, OverwriteArchiveAsync),
            new("hostile archives uploaded", 1, UploadHostileArchiveAsync),
            new("retrain messages sent", 3, RetrainAsync),
            new("files uploaded for scoring", 6, UploadFileAsync),
            new("files overwritten", 1, OverwriteFileAsync),
            new("roll-backs", 1, RollBackAsync),
        ];
    }

    public IReadOnlyList<RandomAction> Actions { get; }

    public ModelRegistry Registry { get; }

    /// <summary>Uploaded archives, and whether each is valid.</summary>
    public IReadOnlyDictionary<string, bool> Archives => archives;

    public IReadOnlySet<string> Runs => runs;

    /// <summary>Files to be scored, with their numbers of rows.</summary>
    public IReadOnlyDictionary<string, int> Files => files;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

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
        if (runs.Count - ended >= MaxOpenRuns || !await HasDatasetAsync())
            return;
        var run = $"20260101-{++number:000000}-abcdef01";
        var message = new { run, epochs = 1, batchSize = 8, maxLength = 32, saveSteps = 2, blend = "none" };
        await storage.Queue(StorageLayout.RetrainQueue).SendMessageAsync(JsonSerializer.Serialize(message), Cancellation);
        runs.Add(run);
    }

    private async Task<bool> HasDatasetAsync() => archives.ContainsValue(true) && (await VisibleState.DatasetsAsync(storage, verified)).Count > 0;

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
        if (ChampionHistory.FindPrevious(await Registry.ReadChampionAsync(LabelledTask.Default, Cancellation)) is not null)
            await Registry.RollbackAsync(LabelledTask.Default, "soak", Cancellation);
    }

    private string? Pick(IEnumerable<string> from) => from.ToList() is { Count: > 0 } list ? list[random.Next(list.Count)] : null;
}
