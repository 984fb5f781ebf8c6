using System.Text.Json;
using Azure.Storage.Blobs.Models;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Preparing;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Tests.Archives;
using ImdbPipeline.Core.Training;
using ImdbPipeline.Testing;
using ImdbPipeline.Testing.Faults;
using Microsoft.Extensions.DependencyInjection;

namespace ImdbPipeline.Core.Tests.Faults;

/// <summary>One event, delivered to several hosts at once and to each again and again.</summary>
public sealed class DeliveriesTests(AzuriteFixture azurite)
{
    private const int Hosts = 5;
    private const int Deliveries = 100;

    private static readonly byte[] Archive = Pack.Gzip(Pack.Tar([.. Pack.Reviews, ("pos/3.txt", "What a ride!"), ("neg/3.txt", "What a bore!")]));

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Same_archive_delivered_100_times_makes_one_dataset_and_one_run()
    {
        await using var hosts = await SeveralHosts.StartAsync(azurite);
        var storage = hosts.First.Storage;
        await UploadArchiveAsync(storage, "films.tar.gz");

        await hosts.DeliverAsync(Deliveries, host => host.Get<IngestDatasetHandler>().HandleAsync("films.tar.gz", Cancelled));

        var manifest = await OnlyDatasetAsync(storage);
        Assert.Equal(("films", 6), (manifest.Dataset, manifest.Report.Read));
        // Hosts that ingested side by side have asked for the training each, and it is one run all the same.
        var bodies = await hosts.First.TakeAsync(StorageLayout.RetrainQueue);
        Assert.InRange(bodies.Count, 1, Hosts);
        Assert.Single(Requests(bodies).Distinct());
        var number = 0;
        await hosts.DeliverAsync(Deliveries, host =>
        {
            var message = Interlocked.Increment(ref number) % bodies.Count;
            return host.StartTrainingAsync(new QueueDelivery($"m{message}", DateTimeOffset.UnixEpoch.AddSeconds(message), bodies[message]));
        });
        var run = Assert.Single(await hosts.First.Get<RunStore>().ListAsync(10, Cancelled));
        Assert.Equal((RunState.Queued, $"films/{manifest.Version}"), (run.State, run.Dataset));
        Assert.Equal([run.Run], (await hosts.First.TakeAsync(StorageLayout.TrainingJobsQueue)).Select(body => JsonSerializer.Deserialize<TrainingJob>(body, PipelineJson.Message)!.Run).Distinct());
    }

    [Fact]
    public async Task Same_archive_under_other_names_delivered_100_times_is_the_same_dataset()
    {
        await using var hosts = await SeveralHosts.StartAsync(azurite);
        var storage = hosts.First.Storage;
        string[] names = ["films.tar.gz", "copy of films.tar.gz", "kino.tgz"];
        foreach (var name in names)
            await UploadArchiveAsync(storage, name);
        var number = 0;

        await hosts.DeliverAsync(Deliveries, host => host.Get<IngestDatasetHandler>().HandleAsync(names[Interlocked.Increment(ref number) % names.Length], Cancelled));
        await UploadArchiveAsync(storage, "late.tar.gz");
        await hosts.DeliverAsync(Hosts, host => host.Get<IngestDatasetHandler>().HandleAsync("late.tar.gz", Cancelled));

        var manifest = await OnlyDatasetAsync(storage);
        foreach (var name in (string[])[.. names, "late.tar.gz"])
        {
            var record = (await storage.Prepared.ReadJsonAsync<ArchiveRecord>(StorageLayout.ArchiveRecord(name), Cancelled))!.Value.Value;
            Assert.Equal((ArchiveState.Ingested, manifest.Dataset, manifest.Version), (record.State, record.Dataset, record.Version));
        }
        Assert.Single(Requests(await hosts.First.TakeAsync(StorageLayout.RetrainQueue)).Distinct());
    }

    [Fact]
    public async Task Same_incoming_file_delivered_100_times_makes_one_scored_file()
    {
        await using var hosts = await SeveralHosts.StartAsync(azurite);
        await hosts.First.PublishChampionAsync("m1");
        await hosts.First.UploadAsync("reviews.txt", string.Concat(Enumerable.Range(0, 10).Select(i => $"{(i % 3 == 0 ? "bad" : "good")} film {i}\n")));

        await hosts.DeliverAsync(Deliveries, host => host.PlanAsync("reviews.txt"));
        var bodies = await hosts.First.TakeAsync(StorageLayout.ScoringShardsQueue);
        Assert.Equal(3, bodies.Select(body => JsonSerializer.Deserialize<ScoringShard>(body, PipelineJson.Message)! with { Traceparent = null }).Distinct().Count());
        var number = 0;
        await hosts.DeliverAsync(Math.Max(Deliveries, 2 * bodies.Count), host => host.Get<ScoreShardHandler>().HandleAsync(bodies[Interlocked.Increment(ref number) % bodies.Count], Cancelled));

        var records = (await hosts.First.ReadScoresAsync("reviews.txt.jsonl")).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonSerializer.Deserialize<ScoreRecord>(line, PipelineJson.Message)!);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => ($"{i + 1}", i % 3 == 0 ? "neg" : "pos")), records.Select(record => (record.Id, record.Label!)));
        var summary = (await hosts.First.FindScoresAsync<ScoreSummary>("reviews.txt.summary.json"))!;
        Assert.Equal((ScoreState.Scored, 10), (summary.State, summary.Rows));
        Assert.Equal([$"_work/{summary.Plan}/plan.json", "reviews.txt.jsonl", "reviews.txt.summary.json"], (await hosts.First.ListScoresAsync()).Order(StringComparer.Ordinal));
    }

    /// <summary>What is asked for; each delivery asks in a span of its own.</summary>
    private static IEnumerable<RetrainRequest> Requests(IEnumerable<string> bodies) => bodies.Select(body => RetrainMessage.Parse(body) with { Traceparent = null });

    [Fact]
    public async Task A_shards_delivery_that_another_one_overtakes_before_any_of_its_calls_ends_quietly()
    {
        var (overtaken, calls) = (0, 0);
        do
        {
            (overtaken, calls) = (overtaken + 1, 0);
            var faults = new StorageFaults();
            await using var pipeline = await PipelineUnderTest.StartAsync(azurite, through: account => faults.Between(account));
            await using var other = pipeline.StartBeside();
            await pipeline.PublishChampionAsync("m1");
            await pipeline.UploadAsync("reviews.txt", "good\nbad\n");
            await pipeline.PlanAsync("reviews.txt");
            var body = Assert.Single(await pipeline.TakeAsync(StorageLayout.ScoringShardsQueue));
            faults.Arm((_, number) =>
            {
                calls = number;
                if (number == overtaken)
                {
                    faults.Disarm();
                    Task.Run(() => other.Get<ScoreShardHandler>().HandleAsync(body, Cancelled), Cancelled).GetAwaiter().GetResult();
                }
                return StorageFault.None;
            });

            await pipeline.Get<ScoreShardHandler>().HandleAsync(body, Cancelled);

            var summary = (await pipeline.FindScoresAsync<ScoreSummary>("reviews.txt.summary.json"))!;
            Assert.Equal((ScoreState.Scored, 2), (summary.State, summary.Rows));
            Assert.Equal([$"_work/{summary.Plan}/plan.json", "reviews.txt.jsonl", "reviews.txt.summary.json"], (await pipeline.ListScoresAsync()).Order(StringComparer.Ordinal));
        }
        while (calls == overtaken);
        Parity.Says($"{calls} calls");
    }

    private static async Task UploadArchiveAsync(PipelineStorage storage, string name) =>
        await storage.Datasets.GetBlobClient(name).UploadAsync(new BinaryData(Archive), overwrite: true, Cancelled);

    /// <summary>Nothing else lies there: no file of a second version, and of the one only what its manifest names.</summary>
    private static async Task<DatasetManifest> OnlyDatasetAsync(PipelineStorage storage)
    {
        var manifest = Assert.Single(await new DatasetStore(storage).ListAsync(10, Cancelled));
        var named = manifest.Shards.Select(shard => shard.Path).Append(manifest.Vocabulary.Path).Append("manifest.json")
            .Select(path => StorageLayout.DatasetFolder(manifest.Dataset, manifest.Version) + path);
        var found = await storage.Prepared.GetBlobsAsync(new GetBlobsOptions(), Cancelled).Select(blob => blob.Name).Where(name => !name.StartsWith('_')).ToListAsync(Cancelled);
        Assert.Equal(named.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
        return manifest;
    }

    private sealed class SeveralHosts(IReadOnlyList<PipelineUnderTest> hosts) : IAsyncDisposable
    {
        public PipelineUnderTest First => hosts[0];

        public static async Task<SeveralHosts> StartAsync(AzuriteFixture azurite)
        {
            var first = await PipelineUnderTest.StartAsync(azurite, configure: services => services.AddSingleton(new IngestOptions { RetrainOnIngest = true }));
            return new SeveralHosts([first, .. Enumerable.Range(1, Hosts - 1).Select(_ => first.StartBeside())]);
        }

        /// <summary>All at once, in turn to every host.</summary>
        public Task DeliverAsync(int times, Func<PipelineUnderTest, Task> deliver) =>
            Task.WhenAll(Enumerable.Range(0, times).Select(i => Task.Run(() => deliver(hosts[i % hosts.Count]), Cancelled)));

        public async ValueTask DisposeAsync()
        {
            foreach (var host in hosts)
                await host.DisposeAsync();
        }
    }
}
