using System.Diagnostics;
using ImdbPipeline.Cli.Samples;
using ImdbPipeline.Core.Preparing;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Uploads;
using ImdbPipeline.Testing;
using ImdbPipeline.Testing.Faults;
using Microsoft.Extensions.Logging.Abstractions;

namespace ImdbPipeline.EndToEnd.Tests.Hosting;

public sealed class MinuteOutageTests(AzuriteFixture azurite)
{
    // Part of the archive has been read by then.
    private const int Bytes = 20_000;

    private static readonly TimeSpan Outage = TimeSpan.FromMinutes(1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_ingest_continues_when_storage_comes_back_after_a_minute()
    {
        await using var cuttable = new InterruptibleAccount(azurite.NewAccount(), new StorageRetries());
        var storage = new PipelineStorage(cuttable.Options);
        await storage.EnsureCreatedAsync(Cancellation);
        using var archive = new MemoryStream();
        new SampleArchive { Train = 400, Test = 100, Unsup = 100 }.Write(archive);
        await storage.Datasets.GetBlobClient("films.tar.gz").UploadAsync(new BinaryData(archive.ToArray()), Cancellation);
        using var handler = new IngestDatasetHandler(storage, TimeProvider.System, new IngestOptions(), NullLogger<IngestDatasetHandler>.Instance);

        var cut = cuttable.CutBlobsAfterAsync(Bytes);
        var clock = Stopwatch.StartNew();
        var ingest = handler.HandleAsync("films.tar.gz", Cancellation);
        await cut;
        // Throws the error if the ingest ended too early.
        if (await Task.WhenAny(ingest, Task.Delay(Outage, Cancellation)) == ingest)
            await ingest;
        Assert.False(ingest.IsCompleted);
        cuttable.Restore();
        await ingest;

        ReportedFigures.Report($"storage was unreachable for {Outage.TotalSeconds:0} s of an ingest that took {clock.Elapsed.TotalSeconds:0} s, without an error");
        var record = (await storage.Prepared.ReadJsonAsync<ArchiveRecord>(StorageLayout.ArchiveRecord("films.tar.gz"), Cancellation))!.Value.Value;
        Assert.Equal(ArchiveState.Ingested, record.State);
    }
}
