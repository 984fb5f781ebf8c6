using System.Text.Json;
using ImdbPipeline.Cli.Samples;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Uploads;
using ImdbPipeline.EndToEnd.Tests.Processes;
using ImdbPipeline.Testing;
using ImdbPipeline.Testing.Processes;

namespace ImdbPipeline.EndToEnd.Tests.Hosting;

/// <summary>Kills <c>imdb up</c> with SIGKILL while it ingests archives and scores files, and restarts it.</summary>
public sealed class KilledHostTests(AzuriteFixture azurite) : IDisposable
{
    private const int Rounds = 2;

    // With five kills, a message could reach its maximum dequeue count.
    private const int KillsPerRound = 3;

    // Four shards, the last one not full.
    private const int Reviews = 1700;

    /// <summary>Share of an uninterrupted host's time that passes before it has work to do.</summary>
    private const double StartupShare = 0.2;

    private readonly string folder = Directory.CreateTempSubdirectory("imdb-killed-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_host_that_is_killed_and_restarted_repeatedly_does_everything_once_and_shows_nothing_partial()
    {
        var job = await StoredJob.QueueAsync(azurite, new RetrainRequest { Epochs = 1, BatchSize = 8, MaxLength = 64 });
        await using (var trainer = job.StartTrainer())
            await trainer.SucceedAsync();

        await UploadAsync(job, "whole", seed: 1);
        var length = await FinishAsync(job, "uninterrupted", "whole");
        var scores = await job.ScoresAsync("whole.jsonl");
        Assert.Equal(Enumerable.Range(0, Reviews).Select(i => $"{i}"), scores.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Id));

        var names = new List<string>();
        var looks = new List<string>();
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var working in KillMoments.Over(length * (1 - StartupShare), KillsPerRound, seed: 10 + round))
            {
                var moment = length * StartupShare + working;
                names.Add($"killed-{names.Count}");
                await UploadAsync(job, names[^1], seed: 1 + names.Count);
                await using (var host = Start(job, "killed"))
                    Assert.True(await host.KillAtAsync(moment), host.Output);
                looks.Add($"{moment.TotalSeconds:0.0} s, {await LookAsync(job, names, scores)}");
            }
            await FinishAsync(job, "killed", [.. names]);
            await LookAsync(job, names, scores);
        }

        ReportedFigures.Report($"an uninterrupted host took {length.TotalSeconds:0.0} s; killed {Rounds * KillsPerRound} times: {string.Join("; ", looks)}");
        foreach (var name in names)
            Assert.Equal(await StoredAsync(job, "whole"), await StoredAsync(job, name));
        Assert.Equal(1 + 1 + names.Count, (await VisibleState.DatasetsAsync(job.Storage)).Count);
        Assert.Empty(await job.Storage.Runs.NamesAsync(StorageLayout.PoisonRecords, Cancellation));
        Assert.Empty(Directory.GetFileSystemEntries(Temporary("killed")));
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(folder, "killed", "cache"), "*.unfinished", SearchOption.AllDirectories));
    }

    private static string Id(string line) => JsonDocument.Parse(line).RootElement.GetProperty("id").GetString()!;

    private static async Task UploadAsync(StoredJob job, string name, int seed)
    {
        using var archive = new MemoryStream();
        new SampleArchive { Train = 400, Test = 100, Unsup = 100, Seed = seed }.Write(archive);
        await job.Storage.Datasets.GetBlobClient($"{name}.tar.gz").UploadAsync(new BinaryData(archive.ToArray()), Cancellation);
        await job.UploadReviewsAsync($"{name}.jsonl", Reviews);
    }

    /// <summary>Runs a host until everything is done.</summary>
    /// <returns>Time from its start until all results were visible.</returns>
    private async Task<TimeSpan> FinishAsync(StoredJob job, string home, params string[] names)
    {
        await using var host = Start(job, home);
        foreach (var name in names)
        {
            await Eventually.FindAsync($"{name} to be ingested", () => ReadRecordAsync(job, name));
            await job.UntilScoredAsync($"{name}.jsonl");
        }
        var age = host.Age;
        foreach (var queue in StorageLayout.Queues)
            await Eventually.FindAsync($"{queue} to be empty", async () =>
                (await job.Storage.Queue(queue).GetPropertiesAsync(Cancellation)).Value.ApproximateMessagesCount == 0 ? queue : null);
        return age;
    }

    private static async Task<string> LookAsync(StoredJob job, List<string> names, string scores)
    {
        await VisibleState.ModelsAsync(job);
        var datasets = await VisibleState.DatasetsAsync(job.Storage);
        await VisibleState.ScoresAsync(job.Storage, [.. names.Select(name => $"{name}.jsonl")], scores);
        var scored = await job.Storage.Scores.GetBlobClient(StorageLayout.ScoredFile($"{names[^1]}.jsonl")).ExistsAsync(Cancellation);
        return $"{(datasets.Any(dataset => dataset.Dataset == names[^1]) ? "ingested" : "no dataset")}, {(scored ? "scored" : "no scores")}";
    }

    /// <summary>Checks the dataset files of an upload and returns the names of its score blobs, with the upload's own name replaced.</summary>
    private static async Task<string> StoredAsync(StoredJob job, string name)
    {
        var record = (await ReadRecordAsync(job, name))!;
        Assert.Equal(ArchiveState.Ingested, record.State);
        var etag = (await job.Storage.Incoming.FindETagAsync($"{name}.jsonl", Cancellation))!.Value;
        var manifest = (await job.Storage.Prepared.ReadJsonAsync<DatasetManifest>(StorageLayout.Manifest(name, record.Version!), Cancellation))!.Value.Value;
        Assert.Equal(
            manifest.Shards.Select(shard => shard.Path).Append(manifest.Vocabulary.Path).Append("manifest.json").Select(path => $"{name}/{record.Version}/{path}").Order(),
            (await job.Storage.Prepared.NamesAsync($"{name}/", Cancellation)).Order());
        var work = await job.Storage.Scores.NamesAsync(StorageLayout.ScorePlanFolder(ScorePlanStore.Name($"{name}.jsonl", etag)), Cancellation);
        var scores = await job.Storage.Scores.NamesAsync(name, Cancellation);
        return string.Join('\n', scores.Concat(work.Select(Path.GetFileName))).Replace(name, "{name}", StringComparison.Ordinal);
    }

    private static async Task<ArchiveRecord?> ReadRecordAsync(StoredJob job, string name) =>
        (await job.Storage.Prepared.ReadJsonAsync<ArchiveRecord>(StorageLayout.ArchiveRecord($"{name}.tar.gz"), Cancellation))?.Value;

    private RunningProgram Start(StoredJob job, string home) => job.StartShortLeaseHost(Path.Combine(folder, home));

    private string Temporary(string home) => Path.Combine(folder, home, StoredJob.Temporary);
}
