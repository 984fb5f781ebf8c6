using System.Text.Encodings.Web;
using System.Text.Json;
using ImdbPipeline.Core.Archives;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Tables;
using ImdbPipeline.Core.Tests.Archives;
using ImdbPipeline.Core.Tests.Tables;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Core.Tests.Scoring;

/// <summary>A row gives the same text, or the same error, whichever way it comes in.</summary>
public sealed class EntryParityTests : IDisposable
{
    private const int Texts = 300;

    private static readonly JsonSerializerOptions relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Every_format_and_the_HTTP_endpoint_read_the_same_text_or_refuse_it_with_the_same_words()
    {
        var random = new Random(7);
        var refused = 0;
        foreach (var text in Enumerable.Range(0, Texts).Select(_ => Text(random)).Concat(["", " ", "\u00a0\u3000", "5", "null", "NaN", "true", new string('x', 200_000), new string('x', 200_001)]))
        {
            var expected = Incoming("x.csv", Pack.Utf8($"id,text\n7,{Csv(text)}\n"));
            refused += expected.Error is null ? 0 : 1;
            Assert.Equal(expected.Error is null ? text : null, expected.Text);
            if (IsPlainInTsv(text))
                Assert.Equal(expected, Incoming("x.tsv", Pack.Utf8($"id\ttext\n7\t{Csv(text)}\n")));
            Assert.Equal(expected, Incoming("x.jsonl", Pack.Utf8($"{Json(text)}\n")));
            Assert.Equal(expected, Incoming("x.ndjson.gz", Pack.Gzip(Pack.Utf8($"{Json(text)}\n"))));
            Assert.Equal(expected, Incoming("x.json", Pack.Utf8($"[{Json(text)}]")));
            Assert.Equal(expected with { Id = null }, Incoming("x.parquet", await ParquetTableTests.WriteAsync(null, ([text], [0]))));
            // A short text with NUL characters looks like UTF-16.
            if (text.Length > 0 && !text.AsSpan().ContainsAny('\n', '\r', '\0'))
                Assert.Equal(expected with { Id = null }, Incoming("x.txt", Pack.Utf8(text + "\n")));
            Assert.Equal(expected, await RequestAsync($$"""{"reviews": [{{Json(text)}}]}"""));
            Assert.Equal(expected with { Id = null }, await RequestAsync($$"""{"text": {{JsonSerializer.Serialize(text)}}}"""));
        }
        Assert.InRange(refused, 4, Texts);
    }

    [Fact]
    public void A_dataset_has_the_same_texts_in_every_format()
    {
        var random = new Random(8);
        string[] texts = [.. Enumerable.Range(0, Texts).Select(_ => Text(random)).Where(text => !string.IsNullOrWhiteSpace(text)).Distinct()
            .Where(IsPlainInTsv)];
        var csv = Dataset("x.csv", "text,label\n" + string.Concat(texts.Select((text, i) => $"{Csv(text)},{i % 2}\n")));
        Assert.Equal(texts, csv);
        Assert.Equal(texts, Dataset("x.tsv", "text\tlabel\n" + string.Concat(texts.Select((text, i) => $"{Csv(text)}\t{i % 2}\n"))));
        Assert.Equal(texts, Dataset("x.jsonl", string.Concat(texts.Select((text, i) => $$"""{"text": {{JsonSerializer.Serialize(text)}}, "label": {{i % 2}}}""" + "\n"))));
        Assert.Equal(texts, Dataset("x.json", $"[{string.Join(',', texts.Select((text, i) => $$"""{"text": {{JsonSerializer.Serialize(text)}}, "label": "{{i % 2}}"}"""))}]"));
    }

    [Theory]
    [InlineData("5", "a JSON number")]
    [InlineData("true", "true or false")]
    [InlineData("[\"good\"]", "a JSON array")]
    [InlineData("{\"a\": 1}", "a JSON object")]
    public void A_JSON_value_that_is_no_string_is_refused_as_a_text_in_datasets_and_in_scoring(string value, string found)
    {
        Assert.Equal($"expected the text as a string, found {found}", Incoming("x.jsonl", Pack.Utf8($$"""{"text": {{value}}}""" + "\n")).Error);

        var rows = string.Concat(Enumerable.Range(0, 200).Select(i => $$"""{"text": "t{{i}}", "label": {{i % 2}}}""" + "\n"));
        var reader = new ArchiveReader(ArchiveFile.Open(folder.Write("x.jsonl", rows + $$"""{"text": {{value}}, "label": 1}""" + "\n")), ArchiveLimits.Default);
        Assert.Equal(200, reader.Read(TestContext.Current.CancellationToken).Count());
        Assert.Contains($"({found})", string.Join(' ', reader.Layout.Notes), StringComparison.Ordinal);
    }

    private static (string? Id, string? Text, string? Error) Incoming(string name, byte[] content)
    {
        var row = Assert.Single(IncomingRows.Read(new MemoryStream(content), name, IncomingFormat.Of(name), new ScoringLimits(), ColumnChoice.None));
        return (row.Id, row.Text, row.Error);
    }

    private static async Task<(string? Id, string? Text, string? Error)> RequestAsync(string body)
    {
        try
        {
            var row = Assert.Single((await ScoreRequest.ReadAsync(new MemoryStream(Pack.Utf8(body)), TestContext.Current.CancellationToken)).Rows);
            return (row.Id, row.Text, row.Error);
        }
        catch (InputRejectedException e)
        {
            Assert.StartsWith("score request: ", e.Message, StringComparison.Ordinal);
            return (null, null, e.Message["score request: ".Length..].Replace(". Send another text.", "", StringComparison.Ordinal));
        }
    }

    private List<string> Dataset(string name, string content) =>
        [.. new ArchiveReader(ArchiveFile.Open(folder.Write(name, content)), ArchiveLimits.Default).Read(TestContext.Current.CancellationToken).Select(text => text.Text)];

    /// <summary>In a TSV, a quote may be part of an unquoted text, and what looks like two rows with a quote each usually are two rows.</summary>
    private static bool IsPlainInTsv(string text) => !text.Contains('"') && !(text.Contains('\t') && text.AsSpan().ContainsAny('\r', '\n'));

    private static string Csv(string text) => $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static string Json(string text) => $$"""{"id": "7", "text": {{JsonSerializer.Serialize(text, relaxed)}}}""";

    private static string Text(Random random)
    {
        string[] pieces = ["a", "good", " ", "  ", "\"", "'", ",", ";", "\t", "|", "\n", "\r\n", "\u00e9", "e\u0301", "\U0001F600", "\u200d", "<br />", "&amp;", "#1", "{}", "[1]", "\u0000x", "\u0001", "=1+1", "7.5"];
        return string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => pieces[random.Next(pieces.Length)]));
    }
}
