using System.Text;
using System.Text.Json;
using Azure.Core;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Operations;
using ImdbPipeline.Core.Preparing;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Tests.Archives;
using ImdbPipeline.Core.Uploads;
using ImdbPipeline.Testing;
using ImdbPipeline.Testing.Faults;

namespace ImdbPipeline.Core.Tests.Faults;

/// <summary>Overwrites valid and invalid archives and incoming files at every point of their processing.</summary>
[Slow]
public sealed class OverwrittenUploadTests(AzuriteFixture azurite)
{
    private const string Archive = "films.tar.gz";
    private const string File = "reviews.jsonl";
    private const int Rows = 48;

    private static readonly Dictionary<string, byte[]> Archives = new()
    {
        ["one"] = Pack.Gzip(Pack.Tar([.. Pack.Texts, ("pos/3.txt", "What a ride!"), ("neg/3.txt", "What a bore!")])),
        ["other"] = Pack.Gzip(Pack.Tar([.. Pack.Texts, ("pos/4.txt", "What a joy!"), ("neg/4.txt", "What a pity!")])),
        ["bad"] = Pack.Gzip(Pack.Tar(Pack.Texts))[..^3],
    };

    // Larger than the read-ahead buffer, so that each takes several reads.
    private static readonly Dictionary<string, byte[]> Files = new()
    {
        ["one"] = Reviews("one", "good"),
        ["other"] = Reviews("other", "bad"),
        ["bad"] = [.. Reviews("bad", "good"), 0xff],
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("one", "other")]
    [InlineData("one", "bad")]
    [InlineData("bad", "other")]
    public async Task An_archive_overwritten_at_any_point_of_its_ingest_is_never_mixed_with_the_new_one(string before, string after)
    {
        var (old, expected) = (await ArchiveAloneAsync(before), await ArchiveAloneAsync(after));
        var either = old.Versions.Concat(expected.Versions).ToHashSet();
        await new OverwriteTrial($"{before} archive overwritten by the {after} one", async faults =>
        {
            StorageOptions account = null!;
            var pipeline = await PipelineUnderTest.StartAsync(azurite, through: given => faults.Intercept(account = given, maxRetries: 2));
            await OverwriteArchiveAsync(pipeline, before);
            return new UploadUnderTrial(
                () => IngestAsync(pipeline),
                request => IsRead(request, $"/{StorageLayout.Datasets}/{Archive}"),
                Uploader(account, StorageLayout.Datasets, Archive, Archives[after]),
                async () =>
                {
                    Assert.Subset(either, (await FindAsync(pipeline)).Versions.ToHashSet());
                    // The event of the new upload, and a redelivery of the old one.
                    await SucceedOrRejectAsync(() => IngestAsync(pipeline));
                    await SucceedOrRejectAsync(() => IngestAsync(pipeline));
                    var found = await FindAsync(pipeline);
                    Assert.Equal((expected.Record, expected.Rejection), (found.Record, found.Rejection));
                    Assert.Superset(expected.Versions.ToHashSet(), found.Versions.ToHashSet());
                    Assert.Subset(either, found.Versions.ToHashSet());
                },
                pipeline);
        }).RunAsync();
    }

    [Theory]
    [InlineData("one", "other")]
    [InlineData("one", "bad")]
    [InlineData("bad", "other")]
    public async Task An_incoming_file_overwritten_at_any_point_of_its_scoring_is_never_mixed_with_the_new_one(string before, string after)
    {
        var (old, expected) = (await FileAloneAsync(before), await FileAloneAsync(after));
        await new OverwriteTrial($"{before} incoming file overwritten by the {after} one", async faults =>
        {
            StorageOptions account = null!;
            var pipeline = await StartScoringAsync(given => faults.Intercept(account = given, maxRetries: 2));
            await pipeline.UploadAsync(File, Files[before]);
            return new UploadUnderTrial(
                () => ScoreAsync(pipeline),
                request => IsRead(request, $"/{StorageLayout.Incoming}/{File}"),
                Uploader(account, StorageLayout.Incoming, File, Files[after]),
                async () =>
                {
                    Assert.Contains((await FindScoredAsync(pipeline)).Scores, new[] { "", old.Scores, expected.Scores });
                    await SucceedOrRejectAsync(() => ScoreAsync(pipeline));
                    await SucceedOrRejectAsync(() => ScoreAsync(pipeline));
                    var found = await FindScoredAsync(pipeline);
                    Assert.Equal(expected.Rejection, found.Rejection);
                    // A rejected file has no scores; existing ones belong to the previous content.
                    Assert.Contains(found.Scores, expected.Rejection.Length > 0 ? [expected.Scores, old.Scores] : new[] { expected.Scores });

                    // Reconciliation deletes the shards of the old content.
                    pipeline.Time.Advance(TimeSpan.FromDays(2));
                    await pipeline.Get<ReconcileHandler>().HandleAsync(Cancellation);
                    Assert.All(await pipeline.ListScoresAsync(StorageLayout.ScoreWork), name => Assert.EndsWith("/plan.json", name, StringComparison.Ordinal));
                },
                pipeline);
        }).RunAsync();
    }

    private static async Task SucceedOrRejectAsync(Func<Task> deliver)
    {
        var error = await Record.ExceptionAsync(deliver);
        Assert.True(error is null or InputRejectedException, $"{error}");
    }

    private static bool IsRead(Request request, string path) =>
        request.Method == RequestMethod.Get && request.Uri.ToUri().AbsolutePath.EndsWith(path, StringComparison.Ordinal);

    // A separate client that bypasses the injected faults.
    private static Action Uploader(StorageOptions account, string container, string blob, byte[] content) =>
        () => new PipelineStorage(account).Container(container).GetBlobClient(blob).Upload(new BinaryData(content), overwrite: true, Cancellation);

    private async Task<ArchiveResult> ArchiveAloneAsync(string content)
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await OverwriteArchiveAsync(pipeline, content);
        await Record.ExceptionAsync(() => IngestAsync(pipeline));
        return await FindAsync(pipeline);
    }

    private static async Task OverwriteArchiveAsync(PipelineUnderTest pipeline, string content) =>
        await pipeline.Storage.Datasets.GetBlobClient(Archive).UploadAsync(new BinaryData(Archives[content]), overwrite: true, Cancellation);

    private static Task IngestAsync(PipelineUnderTest pipeline) => pipeline.Get<IngestDatasetHandler>().HandleAsync(Archive, Cancellation);

    /// <summary>The result of ingesting an archive, without timestamps.</summary>
    private static async Task<ArchiveResult> FindAsync(PipelineUnderTest pipeline)
    {
        var storage = pipeline.Storage;
        var record = (await storage.Prepared.ReadJsonAsync<ArchiveRecord>(StorageLayout.ArchiveRecord(Archive), Cancellation))?.Value;
        var rejection = (await storage.Prepared.ReadJsonAsync<ArchiveRejection>(StorageLayout.Rejection("films"), Cancellation))?.Value;
        var versions = new List<string>();
        foreach (var manifest in await new DatasetStore(storage).ListAsync(10, Cancellation))
        {
            // Reading the shards and the vocabulary verifies their checksums.
            var dataset = new BlobDataset(storage, manifest);
            var rows = (await dataset.ReadVocabularyAsync(Cancellation)).Length;
            foreach (var split in Enum.GetValues<Split>())
                rows += await dataset.ReadAsync(split, Cancellation).CountAsync(Cancellation);
            versions.Add(JsonSerializer.Serialize(manifest with { CreatedAt = default }, PipelineJson.Line) + rows);
        }
        return new ArchiveResult($"{record?.State} {record?.Version} {record?.Rule}", $"{rejection?.Rule} {rejection?.Reason}", versions);
    }

    private async Task<FileResult> FileAloneAsync(string content)
    {
        await using var pipeline = await StartScoringAsync(account => account);
        await pipeline.UploadAsync(File, Files[content]);
        await Record.ExceptionAsync(() => ScoreAsync(pipeline));
        return await FindScoredAsync(pipeline);
    }

    private async Task<PipelineUnderTest> StartScoringAsync(Func<StorageOptions, StorageOptions> through)
    {
        var pipeline = await PipelineUnderTest.StartAsync(azurite, new ScoringLimits { ShardRows = Rows / 2 }, through: through);
        await pipeline.PublishChampionAsync("m1");
        return pipeline;
    }

    private static async Task ScoreAsync(PipelineUnderTest pipeline)
    {
        await pipeline.PlanAsync(File);
        await pipeline.ScoreShardsAsync();
    }

    private static async Task<FileResult> FindScoredAsync(PipelineUnderTest pipeline)
    {
        var rejection = await pipeline.FindScoresAsync<IncomingRejection>(StorageLayout.ScoreRejection(File));
        var summary = await pipeline.FindScoresAsync<ScoreSummary>(StorageLayout.ScoreSummary(File));
        var scores = (await pipeline.ListScoresAsync(StorageLayout.ScoredFile(File))).Contains(StorageLayout.ScoredFile(File))
            ? await pipeline.ReadScoresAsync(StorageLayout.ScoredFile(File))
            : "";
        return new FileResult($"{rejection?.Rule}", scores.Length > 0 ? $"{summary?.State} {summary?.Rows}\n{scores}" : "");
    }

    private static byte[] Reviews(string name, string sentiment) =>
        [.. Enumerable.Range(0, Rows).SelectMany(i => Encoding.UTF8.GetBytes($$"""{"id": "{{name}}-{{i}}", "text": "{{sentiment}} {{new string('x', 90_000)}}"}""" + "\n"))];

    private sealed record ArchiveResult(string Record, string Rejection, IReadOnlyList<string> Versions);

    private sealed record FileResult(string Rejection, string Scores);
}
