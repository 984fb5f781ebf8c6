using ImdbPipeline.Cli.Samples;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Uploads;
using ImdbPipeline.Testing;
using ImdbPipeline.Testing.Faults;

namespace ImdbPipeline.EndToEnd.Tests.Hosting;

/// <summary>The local host on an Azurite whose connections are cut and restored.</summary>
public sealed class StorageOutageTests(AzuriteFixture azurite)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <param name="bytes">Bytes that pass in either direction before the connection breaks.</param>
    [Theory]
    [InlineData(0)]
    [InlineData(5_000)]
    [InlineData(50_000)]
    public async Task The_host_survives_a_storage_outage_and_does_the_work_once_storage_is_back(int bytes)
    {
        var account = azurite.NewAccount();
        var direct = new PipelineStorage(account);
        await using var cuttable = new InterruptibleAccount(
            account, new StorageRetries { MaxRetries = 1, Delay = TimeSpan.FromMilliseconds(20), AttemptTimeout = TimeSpan.FromSeconds(10) });
        await using var host = await HostedPipeline.StartAsync(cuttable.Options, withTrainer: false, reconcileInterval: TimeSpan.FromMilliseconds(200));

        var broken = cuttable.CutAfterAsync(bytes);
        using var archive = new MemoryStream();
        new SampleArchive { Train = 40, Test = 10, Unsup = 4, Seed = 7 }.Write(archive);
        await direct.Datasets.GetBlobClient("films.tar.gz").UploadAsync(new BinaryData(archive.ToArray()), Cancellation);
        await direct.Incoming.GetBlobClient("new.pdf").UploadAsync(new BinaryData("unknown format"), Cancellation);
        await direct.Queue(StorageLayout.RetrainQueue).SendMessageAsync("""{"epochs": -1}""", Cancellation);
        await broken.WaitAsync(TimeSpan.FromMinutes(1), Cancellation);
        await Eventually.HoldsAsync("a log message about each of the two services", () => Logged("is unavailable, retrying until it is back: ").Count == 2);

        cuttable.Restore();
        await Eventually.HoldsAsync("a log message about the end of each outage", () => Logged("is back after").Count == 2);

        var record = await Eventually.FindAsync(
            "the archive ingested", async () => (await direct.Prepared.ReadJsonAsync<ArchiveRecord>(StorageLayout.ArchiveRecord("films.tar.gz"), Cancellation))?.Value);
        Assert.Equal(ArchiveState.Ingested, record.State);
        await Eventually.FindAsync(
            "the incoming file rejected", async () => (await direct.Scores.ReadJsonAsync<IncomingRejection>(StorageLayout.ScoreRejection("new.pdf"), Cancellation))?.Value);
        var run = await Eventually.FindAsync("the run rejected", async () => (await new RunStore(direct).ListAsync(1, Cancellation)).SingleOrDefault());
        Assert.Equal(RunState.Rejected, run.State);
        // Nothing else is logged again and again while storage is away.
        Assert.Equal(2, Logged("is unavailable, retrying").Count);
        Assert.All(host.Log.Lines.GroupBy(line => line), same => Assert.InRange(same.Count(), 1, 3));

        List<string> Logged(string part) => [.. host.Log.Lines.Where(line => line.Contains(part, StringComparison.Ordinal))];
    }
}
