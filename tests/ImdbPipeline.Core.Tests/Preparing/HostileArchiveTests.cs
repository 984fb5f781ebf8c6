using System.Text.RegularExpressions;
using Azure.Storage.Blobs.Models;
using ImdbPipeline.Core.Archives;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Preparing;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Tests.Archives;
using ImdbPipeline.Core.Uploads;
using ImdbPipeline.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace ImdbPipeline.Core.Tests.Preparing;

[Slow]
public sealed partial class HostileArchiveTests(AzuriteFixture azurite)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Hostile_archives_leave_only_their_rejections_and_the_next_valid_archive_is_ingested()
    {
        var storage = await azurite.NewStorageAsync(Cancellation);
        using var handler = Handler(storage, HostileArchives.Limits);
        var records = new SortedSet<string>(StringComparer.Ordinal);
        var rejected = 0;
        foreach (var (name, rule, content) in HostileArchives.All)
        {
            await storage.Datasets.GetBlobClient(name).UploadAsync(new BinaryData(content), overwrite: false, Cancellation);

            var e = await Assert.ThrowsAsync<InputRejectedException>(() => handler.HandleAsync(name, Cancellation));

            Assert.Equal((name, rule), (name, e.Rule));
            Assert.Matches($"^archive {Regex.Escape(name)}.*: expected .+, found .+\\. .+[.?]$", e.Message);
            records.Add(StorageLayout.ArchiveRecord(name));
            if (rule != ErrorRules.ArchiveNameInvalid.Id)
                records.Add(StorageLayout.Rejection(ArchiveFile.DatasetOf(name)));
            Assert.Equal(records, await PreparedAsync(storage));
            var record = (await storage.Prepared.ReadJsonAsync<ArchiveRecord>(StorageLayout.ArchiveRecord(name), Cancellation))!.Value.Value;
            Assert.Equal((ArchiveState.Rejected, rule, e.Message), (record.State, record.Rule, record.Reason));
            rejected++;
        }

        var tar = Pack.Tar(Pack.Texts);
        await storage.Datasets.GetBlobClient("good.tar.gz").UploadAsync(new BinaryData([.. Pack.Gzip(tar[..700]), .. Pack.Gzip(tar[700..])]), overwrite: false, Cancellation);
        await handler.HandleAsync("good.tar.gz", Cancellation);

        Assert.Equal("good", Assert.Single(await new DatasetStore(storage).ListAsync(10, Cancellation)).Dataset);
        Assert.Single((await storage.Queue(StorageLayout.RetrainQueue).PeekMessagesAsync(32, Cancellation)).Value);
        ReportedFigures.Report($"{rejected} hostile archives for {HostileArchives.All.Select(archive => archive.Rule).Distinct().Count()} rules: each rejected by its rule, nothing else left in storage, all by one handler");
    }

    [Fact]
    public void Every_rule_that_an_upload_can_break_has_a_hostile_archive()
    {
        // These concern local paths and settings, not uploads.
        ErrorRule[] otherRules = [ErrorRules.ArchiveMissing, ErrorRules.SettingInvalid, ErrorRules.SettingOutOfRange, ErrorRules.UploadSettingsInvalid];
        var rules = ((string[])["Tables", "Archives", "Preparing"])
            .SelectMany(folder => Directory.GetFiles(Path.Combine(Repository.Root, "src", "ImdbPipeline.Core", folder), "*.cs"))
            .SelectMany(file => Rule().Matches(File.ReadAllText(file)))
            .Select(match => (ErrorRule)typeof(ErrorRules).GetField(match.Groups[1].Value)!.GetValue(null)!).Except(otherRules)
            .Select(rule => rule.Id).Where(id => !id.StartsWith("incoming-", StringComparison.Ordinal));

        Assert.Equal(rules.Distinct().Order(StringComparer.Ordinal), HostileArchives.All.Select(archive => archive.Rule).Distinct().Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("line.csv", "text,label\n\"")]
    [InlineData("line.jsonl", "{\"text\":\"")]
    public async Task A_100_MB_line_leaves_only_its_rejection(string name, string head)
    {
        var storage = await azurite.NewStorageAsync(Cancellation);
        using var handler = Handler(storage, ArchiveLimits.Default);
        var line = new byte[100 << 20];
        Array.Fill(line, (byte)'x');
        Pack.Utf8(head).CopyTo(line, 0);
        await storage.Datasets.GetBlobClient(name).UploadAsync(new BinaryData(line), overwrite: false, Cancellation);

        var e = await Assert.ThrowsAsync<InputRejectedException>(() => handler.HandleAsync(name, Cancellation));

        Assert.Equal("row-too-long", e.Rule);
        Assert.Equal([StorageLayout.ArchiveRecord(name), StorageLayout.Rejection("line")], await PreparedAsync(storage));
    }

    private static IngestDatasetHandler Handler(PipelineStorage storage, ArchiveLimits limits) =>
        new(storage, TimeProvider.System, new IngestOptions { Limits = limits, RetrainOnIngest = true }, NullLogger<IngestDatasetHandler>.Instance);

    private static async Task<List<string>> PreparedAsync(PipelineStorage storage) =>
        await storage.Prepared.GetBlobsAsync(new GetBlobsOptions(), Cancellation).Select(blob => blob.Name).Order(StringComparer.Ordinal).ToListAsync(Cancellation);

    [GeneratedRegex(@"ErrorRules\.(?!Find)(\w+)")]
    private static partial Regex Rule();
}
