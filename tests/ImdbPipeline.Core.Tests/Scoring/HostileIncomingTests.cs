using System.Text;
using System.Text.Json;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Tests.Archives;
using ImdbPipeline.Core.Uploads;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Core.Tests.Scoring;

[Slow]
public sealed class HostileIncomingTests(AzuriteFixture azurite)
{
    private const string Lines = "a good film\na bad film\n";
    private const string Rows = "id,text\na,good\nb,bad\n";
    private const string Records = "{\"id\":\"a\",\"text\":\"good\"}\n{\"id\":\"b\",\"text\":\"bad\"}\n";

    private static readonly (string Suffix, string Content)[] Kinds = [(".txt", Lines), (".csv", Rows), (".jsonl", Records)];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Hostile_files_leave_only_their_rejections_and_the_next_valid_file_is_scored()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.PublishChampionAsync("m1");
        var rejections = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var (file, rule, content) in Hostile())
        {
            await pipeline.UploadAsync(file, content);

            var rejected = await Assert.ThrowsAsync<InputRejectedException>(() => pipeline.PlanAsync(file));

            Assert.Equal((file, rule), (file, rejected.Rule));
            rejections.Add(StorageLayout.ScoreRejection(file));
            Assert.Equal(rejections, await pipeline.ListScoresAsync());
            Assert.Equal(rejected.Message, (await pipeline.FindScoresAsync<IncomingRejection>(StorageLayout.ScoreRejection(file)))!.Reason);
        }
        Assert.Equal(0, await pipeline.ScoreShardsAsync());

        await ScoreAsync(pipeline, "good.jsonl", Pack.Utf8(Records));

        Assert.Equal(["pos", "neg"], (await RecordsAsync(pipeline, "good.jsonl")).Select(record => record.Label));
        ReportedFigures.Report($"{rejections.Count} hostile incoming files: each rejected by its own rule, none left shards or scores in storage, the next file was scored");
    }

    [Fact]
    public async Task A_line_of_100_megabytes_is_a_bad_row_and_the_next_line_is_scored()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.PublishChampionAsync("m1");
        await ScoreAsync(pipeline, "long.jsonl", HundredMegabytes("{\"id\":\"a\",\"text\":\"", "\"}\n{\"id\":\"b\",\"text\":\"bad\"}\n"));

        var records = await RecordsAsync(pipeline, "long.jsonl");
        Assert.Equal([(1, null, null), (2, "b", "neg")], records.Select(record => (record.Row, record.Id, record.Label)));
        Assert.Equal("expected a line of at most 1048576 bytes, found a longer one", records[0].Error);
    }

    [Fact]
    public async Task A_CSV_row_of_100_megabytes_is_a_bad_row_and_the_next_line_is_scored()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.PublishChampionAsync("m1");
        await ScoreAsync(pipeline, "long.csv", HundredMegabytes("text\ngood\n\"", "\"\nbad\n"));

        var records = await RecordsAsync(pipeline, "long.csv.jsonl");
        Assert.Equal(["pos", null, "neg"], records.Select(record => record.Label));
        Assert.Equal("expected rows of at most 1048576 characters, found a longer one", records[1].Error);
    }

    [Fact]
    public async Task Byte_order_marks_and_multi_member_gzip_files_are_accepted()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.PublishChampionAsync("m1");
        foreach (var (suffix, content) in Kinds)
        {
            var marked = Pack.Utf8("\uFEFF" + content);
            await ScoreAsync(pipeline, "marked" + suffix, marked);
            await ScoreAsync(pipeline, $"halves{suffix}.gz", [.. Pack.Gzip(marked[..9]), .. Pack.Gzip([]), .. Pack.Gzip(marked[9..])]);

            foreach (var file in (string[])["marked" + suffix, $"halves{suffix}.gz"])
                Assert.Equal(["pos", "neg"], (await RecordsAsync(pipeline, StorageLayout.ScoredFile(file))).Select(record => record.Label));
        }
    }

    private static IEnumerable<(string File, string Rule, byte[] Content)> Hostile()
    {
        foreach (var (suffix, content) in Kinds)
        {
            var gzip = Pack.Gzip(Pack.Utf8(content));
            yield return ($"cut-by-1{suffix}.gz", "gzip-truncated", gzip[..^1]);
            yield return ($"cut-by-8{suffix}.gz", "gzip-truncated", gzip[..^8]);
            yield return ($"cut-by-half{suffix}.gz", "gzip-truncated", gzip[..(gzip.Length / 2)]);
            yield return ($"wrong-crc{suffix}.gz", "gzip-checksum", [.. gzip[..^8], (byte)~gzip[^8], .. gzip[^7..]]);
            yield return ($"wrong-length{suffix}.gz", "gzip-length", [.. gzip[..^4], (byte)~gzip[^4], .. gzip[^3..]]);
            yield return ($"garbage{suffix}.gz", "gzip-trailing-garbage", [.. gzip, 0]);
            yield return ($"bomb{suffix}.gz", "archive-ratio", Pack.Gzip(Pack.Utf8(content + string.Concat(Enumerable.Repeat($"a,{new string('x', 100_000)}\n", 200)))));
            yield return ($"zip{suffix}.gz", "extension-mismatch", Pack.Zip(("reviews.txt", content)));
            yield return ($"empty{suffix}.gz", "archive-empty", []);
            var badUtf8 = suffix == ".csv" ? "text-not-utf8" : "incoming-utf8";
            yield return ($"latin-1{suffix}", badUtf8, Encoding.Latin1.GetBytes(content + "a,Cliché\n"));
            yield return ($"gzip{suffix}", badUtf8, gzip);
            foreach (var (order, encoding) in ((string, Encoding)[])[("le", Encoding.Unicode), ("be", Encoding.BigEndianUnicode)])
            {
                yield return ($"utf-16-{order}{suffix}", "text-utf16", encoding.GetBytes(content));
                yield return ($"utf-16-{order}-marked{suffix}", "text-utf16", [.. encoding.Preamble, .. encoding.GetBytes(content)]);
            }
        }
        yield return ("array.json", "incoming-json", Pack.Utf8("[{\"text\": \"good\"}, {\"text\": bad}]"));
        yield return ("open.json", "incoming-json", Pack.Utf8("[{\"text\": \"good\"}"));
        yield return ("long.json", "incoming-row-size", Pack.Utf8($"[{{\"text\": \"{new string('x', 2 << 20)}\"}}]"));
        yield return ("not.parquet", "incoming-parquet", Pack.Utf8(Records));
        yield return ("cut.parquet", "incoming-parquet", [.. "PAR1"u8, .. new byte[100]]);
        yield return ("columns.csv", "incoming-columns", Pack.Utf8("a,b\n1,good\n"));
        yield return ("empty.jsonl", "incoming-empty", []);
        yield return ("reviews.docx", "incoming-extension", Pack.Zip(("word.xml", "x")));
        yield return ("reviews.csv.jsonl", "incoming-name", Pack.Utf8(Records));
    }

    private static byte[] HundredMegabytes(string head, string tail)
    {
        var line = new byte[100 << 20];
        Array.Fill(line, (byte)'x');
        Pack.Utf8(head).CopyTo(line, 0);
        Pack.Utf8(tail).CopyTo(line, line.Length - tail.Length);
        return line;
    }

    private static async Task ScoreAsync(PipelineUnderTest pipeline, string file, byte[] content)
    {
        await pipeline.UploadAsync(file, content);
        await pipeline.PlanAsync(file);
        await pipeline.ScoreShardsAsync();
    }

    private static async Task<IReadOnlyList<ScoreRecord>> RecordsAsync(PipelineUnderTest pipeline, string path) =>
        [.. (await pipeline.ReadScoresAsync(path)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<ScoreRecord>(line, PipelineJson.Line)!)];
}
