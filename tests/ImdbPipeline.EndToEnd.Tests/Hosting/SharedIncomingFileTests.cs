using System.Text.Json;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.EndToEnd.Tests.Processes;
using ImdbPipeline.Testing;

namespace ImdbPipeline.EndToEnd.Tests.Hosting;

/// <summary>Several <c>imdb up</c> processes share the shards of one file, and some of them are killed.</summary>
public sealed class SharedIncomingFileTests(AzuriteFixture azurite) : IDisposable
{
    private const int Reviews = 20_000;
    private const int Hosts = 3;

    // Number of scored shards, out of 40, at which the first and the second host are killed.
    private static readonly int[] kills = [5, 20];

    private readonly string folder = Directory.CreateTempSubdirectory("imdb-shared-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_file_shared_by_several_hosts_gets_the_same_scores_when_some_are_killed()
    {
        var job = await StoredJob.QueueAsync(azurite, new RetrainRequest { Epochs = 1, BatchSize = 8, MaxLength = 64 });
        await using (var trainer = job.StartTrainer())
            await trainer.SucceedAsync();
        await job.UploadReviewsAsync("shared.jsonl", Reviews);

        string shared;
        var hosts = Enumerable.Range(0, Hosts).Select(i => job.StartShortLeaseHost(Path.Combine(folder, $"{i}"))).ToList();
        try
        {
            for (var i = 0; i < kills.Length; i++)
            {
                await Eventually.FindAsync($"{kills[i]} shards", async () => await ScoredShardsAsync(job, "shared.jsonl") is var scored && scored >= kills[i] ? "scored" : null);
                await hosts[i].KillAsync();
            }
            ReportedFigures.Report($"killed the second of {Hosts} hosts with {await ScoredShardsAsync(job, "shared.jsonl")} of 40 shards scored");
            hosts.Add(job.StartShortLeaseHost(Path.Combine(folder, $"{hosts.Count}")));
            shared = await job.ScoresAsync("shared.jsonl");
            await job.UploadReviewsAsync("alone.jsonl", Reviews);
            await hosts[^1].KillAsync();
            Assert.Equal(await job.ScoresAsync("alone.jsonl"), shared);
        }
        finally
        {
            foreach (var host in hosts)
                await host.DisposeAsync();
        }

        var records = shared.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(Enumerable.Range(0, Reviews).Select(i => $"{i}"), records.Select(record => record.GetProperty("id").GetString()));
        Assert.Single(records.Select(record => record.GetProperty("model").GetString()).Distinct());
        Assert.Empty(await job.Storage.Runs.NamesAsync(StorageLayout.PoisonRecords, Cancellation));
    }

    private static async Task<int> ScoredShardsAsync(StoredJob job, string file)
    {
        var etag = (await job.Storage.Incoming.FindETagAsync(file, Cancellation))!.Value;
        return (await job.Storage.Scores.NamesAsync(StorageLayout.ScoreOutputs(ScorePlanStore.Name(file, etag)), Cancellation)).Count;
    }
}
