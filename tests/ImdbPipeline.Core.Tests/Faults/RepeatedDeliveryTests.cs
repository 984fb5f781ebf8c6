using System.Text.Json;
using Azure.Storage.Blobs.Models;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Preparing;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Tests.Archives;
using ImdbPipeline.Core.Uploads;
using ImdbPipeline.Testing;
using ImdbPipeline.Testing.Faults;
using Microsoft.Extensions.DependencyInjection;

namespace ImdbPipeline.Core.Tests.Faults;

/// <summary>Delivers the same event many times to several hosts at once.</summary>
[Slow]
public sealed class RepeatedDeliveryTests(AzuriteFixture azurite)
{
    private const int Hosts = 5;
    private const int Deliveries = 100;

    private static readonly byte[] Archive = Pack.Gzip(Pack.Tar([.. Pack.Texts, ("pos/3.txt", "What a ride!"), ("neg/3.txt", "What a bore!")]));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_archive_delivered_100_times_makes_one_dataset_and_one_run()
    {
        await using var hosts = await SeveralHosts.StartAsync(azurite);
        var storage = hosts.First.Storage;
        await UploadArchiveAsync(storage, "films.tar.gz");

        await hosts.DeliverAsync(Deliveries, host => host.Get<IngestDatasetHandler>().HandleAsync("films.tar.gz", Cancellation));

        var manifest = await OnlyDatasetAsync(storage);
        Assert.Equal(("films", 6), (manifest.Dataset, manifest.Report.Read));
        // Hosts that ingest concurrently each request a training run, but only one run is created.
        var bodies = await hosts.First.TakeAsync(StorageLayout.RetrainQueue);
        Assert.InRange(bodies.Count, 1, Hosts);
        Assert.Single(Requests(bodies).Distinct());
        var number = 0;
        await hosts.DeliverAsync(Deliveries, host =>
        {
            var message = Interlocked.Increment(ref number) % bodies.Count;
            return host.StartTrainingAsync(new QueueDelivery($"m{message}", DateTimeOffset.UnixEpoch.AddSeconds(message), bodies[message]));
        });
        var run = Assert.Single(await hosts.First.Get<RunStore>().ListAsync(10, Cancellation));
        Assert.Equal((RunState.Queued, $"films/{manifest.Version}"), (run.State, run.Dataset));
        Assert.Equal([run.Run], (await hosts.First.TakeAsync(StorageLayout.TrainingJobsQueue)).Select(body => JsonSerializer.Deserialize<TrainingJob>(body, PipelineJson.Message)!.Run).Distinct());
    }

    [Fact]
    public async Task An_archive_delivered_100_times_under_several_names_makes_one_dataset()
    {
        await using var hosts = await SeveralHosts.StartAsync(azurite);
        var storage = hosts.First.Storage;
        string[] names = ["films.tar.gz", "copy of films.tar.gz", "kino.tgz"];
        foreach (var name in names)
            await UploadArchiveAsync(storage, name);
        var number = 0;

        await hosts.DeliverAsync(Deliveries, host => host.Get<IngestDatasetHandler>().HandleAsync(names[Interlocked.Increment(ref number) % names.Length], Cancellation));
        await UploadArchiveAsync(storage, "late.tar.gz");
        await hosts.DeliverAsync(Hosts, host => host.Get<IngestDatasetHandler>().HandleAsync("late.tar.gz", Cancellation));

        var manifest = await OnlyDatasetAsync(storage);
        foreach (var name in (string[])[.. names, "late.tar.gz"])
        {
            var record = (await storage.Prepared.ReadJsonAsync<ArchiveRecord>(StorageLayout.ArchiveRecord(name), Cancellation))!.Value.Value;
            Assert.Equal((ArchiveState.Ingested, manifest.Dataset, manifest.Version), (record.State, record.Dataset, record.Version));
        }
        Assert.Single(Requests(await hosts.First.TakeAsync(StorageLayout.RetrainQueue)).Distinct());
    }

    [Fact]
    public async Task An_incoming_file_delivered_100_times_makes_one_scored_file()
    {
        await using var hosts = await SeveralHosts.StartAsync(azurite);
        await hosts.First.PublishChampionAsync("m1");
        await hosts.First.UploadAsync("reviews.txt", string.Concat(Enumerable.Range(0, 10).Select(i => $"{(i % 3 == 0 ? "bad" : "good")} film {i}\n")));

        await hosts.DeliverAsync(Deliveries, host => host.PlanAsync("reviews.txt"));
        var bodies = await hosts.First.TakeAsync(StorageLayout.ScoringShardsQueue);
        Assert.Equal(3, bodies.Select(body => JsonSerializer.Deserialize<ScoringShard>(body, PipelineJson.Message)! with { Traceparent = null }).Distinct().Count());
        var number = 0;
        await hosts.DeliverAsync(Math.Max(Deliveries, 2 * bodies.Count), host => host.Get<ScoreShardHandler>().HandleAsync(bodies[Interlocked.Increment(ref number) % bodies.Count], Cancellation));

        var records = (await hosts.First.ReadScoresAsync("reviews.txt.jsonl")).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonSerializer.Deserialize<ScoreRecord>(line, PipelineJson.Message)!);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => (i + 1, i % 3 == 0 ? "neg" : "pos")), records.Select(record => (record.Row, record.Label!)));
        var summary = (await hosts.First.FindScoresAsync<ScoreSummary>("reviews.txt.summary.json"))!;
        Assert.Equal((ScoreState.Scored, 10), (summary.State, summary.Rows));
        Assert.Equal([$"_work/{summary.Plan}/plan.json", "reviews.txt.jsonl", "reviews.txt.summary.json"], (await hosts.First.ListScoresAsync()).Order(StringComparer.Ordinal));
    }

    /// <summary>The requests without trace context, which differs for each delivery.</summary>
    private static IEnumerable<RetrainRequest> Requests(IEnumerable<string> bodies) => bodies.Select(body => RetrainMessage.Parse(body) with { Traceparent = null });

    [Fact]
    public async Task A_shard_delivery_overtaken_before_any_of_its_storage_calls_ends_without_an_error()
    {
        var (overtaken, calls) = (0, 0);
        do
        {
            (overtaken, calls) = (overtaken + 1, 0);
            var faults = new StorageFaults();
            await using var pipeline = await PipelineUnderTest.StartAsync(azurite, through: account => faults.Intercept(account));
            await using var other = pipeline.StartSecondHost();
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
                    Task.Run(() => other.Get<ScoreShardHandler>().HandleAsync(body, Cancellation), Cancellation).GetAwaiter().GetResult();
                }
                return StorageFault.None;
            });

            await pipeline.Get<ScoreShardHandler>().HandleAsync(body, Cancellation);

            var summary = (await pipeline.FindScoresAsync<ScoreSummary>("reviews.txt.summary.json"))!;
            Assert.Equal((ScoreState.Scored, 2), (summary.State, summary.Rows));
            Assert.Equal([$"_work/{summary.Plan}/plan.json", "reviews.txt.jsonl", "reviews.txt.summary.json"], (await pipeline.ListScoresAsync()).Order(StringComparer.Ordinal));
        }
        while (calls == overtaken);
        ReportedFigures.Report($"{calls} calls");
    }

    private static async Task UploadArchiveAsync(PipelineStorage storage, string name) =>
        await storage.Datasets.GetBlobClient(name).UploadAsync(new BinaryData(Archive), overwrite: true, Cancellation);

    /// <summary>Asserts that the container holds one version and only the files in its manifest.</summary>
    private static async Task<DatasetManifest> OnlyDatasetAsync(PipelineStorage storage)
    {
        var manifest = Assert.Single(await new DatasetStore(storage).ListAsync(10, Cancellation));
        var named = manifest.Shards.Select(shard => shard.Path).Append(manifest.Vocabulary.Path).Append("manifest.json")
            .Select(path => StorageLayout.DatasetFolder(manifest.Dataset, manifest.Version) + path);
        var found = await storage.Prepared.GetBlobsAsync(new GetBlobsOptions(), Cancellation).Select(blob => blob.Name).Where(name => !name.StartsWith('_')).ToListAsync(Cancellation);
        Assert.Equal(named.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
        return manifest;
    }

    private sealed class SeveralHosts(IReadOnlyList<PipelineUnderTest> hosts) : IAsyncDisposable
    {
        public PipelineUnderTest First => hosts[0];

        public static async Task<SeveralHosts> StartAsync(AzuriteFixture azurite)
        {
            var first = await PipelineUnderTest.StartAsync(azurite, configure: services => services.AddSingleton(new IngestOptions { RetrainOnIngest = true }));
            return new SeveralHosts([first, .. Enumerable.Range(1, Hosts - 1).Select(_ => first.StartSecondHost())]);
        }

        /// <summary>Delivers concurrently, to the hosts in turn.</summary>
        public Task DeliverAsync(int times, Func<PipelineUnderTest, Task> deliver) =>
            Task.WhenAll(Enumerable.Range(0, times).Select(i => Task.Run(() => deliver(hosts[i % hosts.Count]), Cancellation)));

        public async ValueTask DisposeAsync()
        {
            foreach (var host in hosts)
                await host.DisposeAsync();
        }
    }
}
