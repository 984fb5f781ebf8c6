using System.IO.Compression;
using System.Text;
using System.Text.Json;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Uploads;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Core.Tests.Scoring;

[Slow]
public sealed class ScoreIncomingTests(AzuriteFixture azurite)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Texts_are_scored_in_input_order_with_a_summary()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.PublishChampionAsync("m1");
        await pipeline.UploadAsync("reviews.jsonl", Reviews(11));

        await pipeline.PlanAsync("reviews.jsonl");
        Assert.Equal(3, await pipeline.ScoreShardsAsync());

        var records = await RecordsAsync(pipeline, "reviews.jsonl");
        Assert.Equal(Enumerable.Range(0, 11).Select(i => $"r{i}"), records.Select(r => r.Id));
        Assert.Equal(Enumerable.Range(0, 11).Select(i => i % 3 == 0 ? "neg" : "pos"), records.Select(r => r.Label));
        Assert.All(records, r => Assert.Equal(("m1", 2, false, null), (r.Model, r.Logits!.Count, r.Truncated, r.Error)));

        var summary = await pipeline.FindScoresAsync<ScoreSummary>("reviews.summary.json");
        Assert.NotNull(summary);
        Assert.Equal((ScoreState.Scored, "reviews.jsonl", 11, 0, "m1"), (summary.State, summary.Scores, summary.Rows, summary.Errors, summary.Model));
        Assert.Equal(new Dictionary<string, int> { ["neg"] = 4, ["pos"] = 7 }, summary.Labels);
        Assert.Equal(["_work/" + summary.Plan + "/plan.json"], await pipeline.ListScoresAsync("_work/"));
    }

    [Fact]
    public async Task A_file_is_scored_by_one_model_even_if_the_champion_changes_midway()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.PublishChampionAsync("m1");
        await pipeline.UploadAsync("reviews.jsonl", Reviews(12));
        await pipeline.PlanAsync("reviews.jsonl");
        await pipeline.ScoreShardsAsync(most: 1);
        await pipeline.PublishChampionAsync("m2");

        await pipeline.ScoreShardsAsync();

        Assert.All(await RecordsAsync(pipeline, "reviews.jsonl"), r => Assert.Equal("m1", r.Model));
    }

    [Fact]
    public async Task A_file_uploaded_again_under_the_same_name_is_scored_by_the_new_champion()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.PublishChampionAsync("m1");
        await ScoreAsync(pipeline, "reviews.jsonl", Reviews(5));
        await pipeline.PublishChampionAsync("m2");

        await ScoreAsync(pipeline, "reviews.jsonl", Reviews(5));

        Assert.All(await RecordsAsync(pipeline, "reviews.jsonl"), r => Assert.Equal("m2", r.Model));
        Assert.Equal("m2", (await pipeline.FindScoresAsync<ScoreSummary>("reviews.summary.json"))!.Model);
    }

    [Fact]
    public async Task A_superseded_plan_never_overwrites_the_newer_result()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.PublishChampionAsync("m1");
        await pipeline.UploadAsync("reviews.jsonl", Reviews(5));
        await pipeline.PlanAsync("reviews.jsonl");
        var late = await pipeline.TakeAsync(StorageLayout.ScoringShardsQueue);
        await ScoreAsync(pipeline, "reviews.jsonl", Reviews(9));

        foreach (var body in late)
            await pipeline.Get<ScoreShardHandler>().HandleAsync(body, Cancellation);

        Assert.Equal(9, (await RecordsAsync(pipeline, "reviews.jsonl")).Count);
        Assert.Equal(9, (await pipeline.FindScoresAsync<ScoreSummary>("reviews.summary.json"))!.Rows);
        Assert.Equal(2, (await pipeline.ListScoresAsync("_work/")).Count);
    }

    [Fact]
    public async Task Shards_of_a_process_that_died_before_assembling_are_assembled_by_the_next_delivery()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.PublishChampionAsync("m1");
        await pipeline.UploadAsync("reviews.jsonl", Reviews(8));
        await pipeline.PlanAsync("reviews.jsonl");
        var bodies = await pipeline.TakeAsync(StorageLayout.ScoringShardsQueue);
        await pipeline.Get<ScoreShardHandler>().HandleAsync(bodies[0], Cancellation);
        var plan = ScoringShard.Parse(bodies[1]);
        var lines = Enumerable.Range(4, 4).Select(i => JsonSerializer.Serialize(new ScoreRecord { Row = i + 1, Id = $"r{i}", Label = "pos", Model = "m1" }, PipelineJson.Line) + "\n");
        await pipeline.Storage.Scores.GetBlobClient(StorageLayout.ScoreOutput(plan.Plan, plan.Shard)).UploadAsync(new BinaryData(string.Concat(lines)), Cancellation);

        await pipeline.Get<ScoreShardHandler>().HandleAsync(bodies[1], Cancellation);

        Assert.Equal(8, (await RecordsAsync(pipeline, "reviews.jsonl")).Count);
    }

    [Fact]
    public async Task Bad_rows_become_error_records_in_input_order_and_are_counted()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite, new ScoringLimits { ShardRows = 4, MaxLineBytes = 2000, MaxTextCharacters = 1500 });
        await pipeline.PublishChampionAsync("m1");
        string[] lines =
        [
            """{"id": "a", "text": "good"}""",
            "{\"id\": \"b\", \"text\": ",
            """{"id": "c"}""",
            """{"id": 4, "text": 5}""",
            "\"a plain string is good\"",
            "",
            "[1, 2]",
            """{"id": "h", "text": "  "}""",
            """{"id": "i", "text": "\ud800"}""",
            $$"""{"id": "j", "text": "{{new string('x', 1600)}}"}""",
            $$"""{"id": "k", "text": "{{new string('x', 3000)}}"}""",
            """{"id": "l", "review": "bad"}""",
        ];

        await ScoreAsync(pipeline, "reviews.jsonl", string.Join('\n', lines));

        var records = await RecordsAsync(pipeline, "reviews.jsonl");
        Assert.Equal(Enumerable.Range(1, 11), records.Select(r => r.Row));
        Assert.Equal(["a", "b", "c", "4", null, null, "h", "i", "j", null, "l"], records.Select(r => r.Id));
        Assert.Equal([1, 5, 11], records.Where(r => r.Error is null).Select(r => r.Row));
        Assert.All(records, r => Assert.NotEqual(r.Error is null, r.Label is null));
        var summary = await pipeline.FindScoresAsync<ScoreSummary>("reviews.summary.json");
        Assert.Equal((11, 8), (summary!.Rows, summary.Errors));
    }

    [Fact]
    public async Task Each_line_of_a_text_file_is_a_text_and_blank_lines_are_counted_as_errors()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.PublishChampionAsync("m1");

        await ScoreAsync(pipeline, "reviews.txt", "\uFEFFgood\r\n\r\nbad bad");

        var records = await RecordsAsync(pipeline, "reviews.txt.jsonl");
        Assert.Equal([(1, null, "pos"), (2, null, null), (3, null, "neg")], records.Select(r => (r.Row, r.Id, r.Label)));
        Assert.Equal(1, (await pipeline.FindScoresAsync<ScoreSummary>("reviews.txt.summary.json"))!.Errors);
    }

    [Fact]
    public async Task CSV_columns_are_found_by_name_and_rows_with_missing_columns_or_text_are_errors()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.PublishChampionAsync("m1");

        await ScoreAsync(pipeline, "reviews.csv", "id;Review;stars\na;\"good; \"\"very\"\"\ngood\";9\n\n#b;bad;1\nc;bad\nd;;3\ne;bad;1;2\n");

        var records = await RecordsAsync(pipeline, "reviews.csv.jsonl");
        Assert.Equal([("a", "pos"), ("#b", "neg"), ("c", "neg"), ("d", null), ("e", null)], records.Select(r => (r.Id, r.Label)));
        Assert.Equal([0, 2], records[0].Logits!);
        Assert.Equal("expected at most 3 columns, found 4", records[4].Error);
        var summary = await pipeline.FindScoresAsync<ScoreSummary>("reviews.csv.summary.json");
        Assert.Equal((5, 2), (summary!.Rows, summary.Errors));
        Assert.Equal(new Dictionary<string, string> { ["text"] = "Review", ["id"] = "id" }, summary.Columns);
    }

    [Theory]
    [InlineData("reviews.jsonl.gz", "\"good\"\n\"bad\"\n")]
    [InlineData("reviews.csv.gz", "text\ngood\nbad\n")]
    [InlineData("reviews.txt.gz", "good\nbad\n")]
    public async Task Compressed_files_are_scored_like_uncompressed_files(string file, string content)
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.PublishChampionAsync("m1");
        await pipeline.UploadAsync(file, Gzip(content));

        await pipeline.PlanAsync(file);
        await pipeline.ScoreShardsAsync();

        Assert.Equal(["pos", "neg"], (await RecordsAsync(pipeline, file + ".jsonl")).Select(r => r.Label));
    }

    [Theory]
    [InlineData("cut.jsonl.gz", "gzip-truncated")]
    [InlineData("checksum.jsonl.gz", "gzip-checksum")]
    [InlineData("bomb.jsonl.gz", "archive-ratio")]
    [InlineData("plain.jsonl.gz", "extension-mismatch")]
    [InlineData("columns.csv", "incoming-columns")]
    [InlineData("none.csv", "incoming-columns")]
    [InlineData("latin1.csv", "text-not-utf8")]
    public async Task A_damaged_file_is_rejected_as_a_whole_and_leaves_only_its_rejection(string file, string rule)
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.PublishChampionAsync("m1");
        var packed = Gzip(Reviews(1000));
        await pipeline.UploadAsync(file, file switch
        {
            "cut.jsonl.gz" => packed[..^1],
            "checksum.jsonl.gz" => [.. packed[..^8], (byte)~packed[^8], .. packed[^7..]],
            "bomb.jsonl.gz" => Gzip(new string('x', 20 << 20)),
            "plain.jsonl.gz" => Encoding.UTF8.GetBytes(Reviews(10)),
            "columns.csv" => Encoding.UTF8.GetBytes("a,b\n1,good\n"),
            "none.csv" => [],
            _ => [.. "text,b\n"u8, 0xE9, .. ",1\n"u8],
        });

        var rejected = await Assert.ThrowsAsync<InputRejectedException>(() => pipeline.PlanAsync(file));

        Assert.Equal(rule, rejected.Rule);
        Assert.Equal([file + ".rejected.json"], await pipeline.ListScoresAsync());
    }

    [Fact]
    public async Task A_file_waits_until_there_is_a_champion()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.UploadAsync("reviews.jsonl", Reviews(3));
        await pipeline.PlanAsync("reviews.jsonl");
        Assert.Empty(await pipeline.ListScoresAsync());

        await pipeline.PublishChampionAsync("m1");
        await pipeline.PlanAsync("reviews.jsonl");
        await pipeline.ScoreShardsAsync();

        Assert.Equal(3, (await RecordsAsync(pipeline, "reviews.jsonl")).Count);
    }

    [Theory]
    [InlineData("reviews.pdf", "some text", "incoming-extension")]
    [InlineData("reviews.csv.jsonl", "\"good\"", "incoming-name")]
    [InlineData("empty.jsonl", "", "incoming-empty")]
    [InlineData("blank.jsonl", "\n\n", "incoming-empty")]
    public async Task An_invalid_file_is_rejected_as_a_whole_with_its_reason(string file, string content, string rule)
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.PublishChampionAsync("m1");
        await pipeline.UploadAsync(file, content);

        var rejected = await Assert.ThrowsAsync<InputRejectedException>(() => pipeline.PlanAsync(file));
        var again = await Assert.ThrowsAsync<InputRejectedException>(() => pipeline.PlanAsync(file));

        Assert.Equal((rule, rule), (rejected.Rule, again.Rule));
        Assert.Equal([file + ".rejected.json"], await pipeline.ListScoresAsync());
        Assert.Equal(rejected.Message, (await pipeline.FindScoresAsync<IncomingRejection>(file + ".rejected.json"))!.Reason);
    }

    [Fact]
    public async Task A_file_with_invalid_bytes_after_many_rows_leaves_only_its_rejection()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.PublishChampionAsync("m1");
        await pipeline.UploadAsync("reviews.jsonl", [.. Encoding.UTF8.GetBytes(Reviews(50)), 0xFF, 0xFE]);

        var rejected = await Assert.ThrowsAsync<InputRejectedException>(() => pipeline.PlanAsync("reviews.jsonl"));

        Assert.Equal("incoming-utf8", rejected.Rule);
        Assert.Contains("line 51", rejected.Message, StringComparison.Ordinal);
        Assert.Equal(["reviews.jsonl.rejected.json"], await pipeline.ListScoresAsync());
    }

    [Fact]
    public async Task A_corrected_upload_is_scored_and_its_rejection_is_deleted()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        await pipeline.PublishChampionAsync("m1");
        await pipeline.UploadAsync("reviews.jsonl", "");
        await Assert.ThrowsAsync<InputRejectedException>(() => pipeline.PlanAsync("reviews.jsonl"));

        await ScoreAsync(pipeline, "reviews.jsonl", Reviews(2));

        Assert.Equal(["reviews.jsonl", "reviews.summary.json"], (await pipeline.ListScoresAsync()).Where(n => !n.StartsWith('_')));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"plan": "../../models/x", "shard": 0}""")]
    [InlineData("""{"plan": "0123456789abcdef", "shard": -1}""")]
    public async Task An_invalid_shard_message_is_rejected(string body)
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);

        var rejected = await Assert.ThrowsAsync<InputRejectedException>(() => pipeline.Get<ScoreShardHandler>().HandleAsync(body, Cancellation));

        Assert.Equal("shard-message", rejected.Rule);
    }

    private static async Task ScoreAsync(PipelineUnderTest pipeline, string file, string content)
    {
        await pipeline.UploadAsync(file, content);
        await pipeline.PlanAsync(file);
        await pipeline.ScoreShardsAsync();
    }

    private static async Task<IReadOnlyList<ScoreRecord>> RecordsAsync(PipelineUnderTest pipeline, string path) =>
        [.. (await pipeline.ReadScoresAsync(path)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<ScoreRecord>(line, PipelineJson.Message)!)];

    private static string Reviews(int count) =>
        string.Concat(Enumerable.Range(0, count).Select(i => $$"""{"id": "r{{i}}", "text": "{{(i % 3 == 0 ? "bad" : "good")}} film {{i}}"}""" + "\n"));

    private static byte[] Gzip(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(Encoding.UTF8.GetBytes(text));
        return packed.ToArray();
    }
}
