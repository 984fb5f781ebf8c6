using System.Text;
using ImdbPipeline.Core.Archives;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Preparing;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Tables;
using ImdbPipeline.Core.Tests.Archives;
using ImdbPipeline.Core.Tests.Tables;
using ImdbPipeline.Core.Tokenizing;
using ImdbPipeline.Core.Uploads;
using ImdbPipeline.Testing;
using ImdbPipeline.Testing.Fuzzing;

namespace ImdbPipeline.Core.Tests.Fuzzing;

[Slow]
public sealed class FuzzTests : IDisposable
{
    private static readonly string[] JsonTokens = ["{", "}", "[", "]", ":", ",", "\"", "\\u0000", "\\ud800", "null", "true", "1e999", "\"text\"", "\"label\"", "\"id\"", "\"split\"", "{\"$oid\":\"", "\ufeff", "\r\n"];
    private static readonly string[] TableTokens = ["text", "label", "id", "split", "train", "test", "\"", "\"\"", "\\\"", ",", ";", "\t", "|", "\r\n", "\r", "\n", "\n\n", "\ufeff", "\0", "nan", "-1", "\u202e"];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("x.tar", 6000)]
    [InlineData("x.tar.gz", 6000)]
    [InlineData("x.zip", 8000)]
    public Task Archives(string name, int inputs)
    {
        byte[] tar = Pack.Tar(Pack.Texts), pax = Pack.TarOf(Pack.Pax(("mtime", "1.5"), ("path", "pos/1.txt")), Pack.TarEntry("short", Pack.Utf8("good")), Pack.TarEntry("././@LongLink", Pack.Utf8("neg/1.txt\0"), 'L'), Pack.TarEntry("short", Pack.Utf8("bad")));
        byte[][] starts = name switch
        {
            "x.tar" => [tar, pax],
            "x.tar.gz" => [Pack.Gzip(tar), Pack.Gzip(pax)],
            _ => [Pack.Zip(Pack.Texts), Pack.Zip(System.IO.Compression.CompressionLevel.NoCompression, ("train.csv", "text,label\na,b\nc,d\n"))],
        };
        return new FuzzTrial(name, inputs).RunAsync(starts, ["ustar\0", "pos/", "neg/", "../", "PK\u0003\u0004", "PK\u0001\u0002", "PK\u0005\u0006", ".txt", "15 path=", "\u001f\u008b"], input => ReadArchive(name, input));
    }

    [Theory]
    [InlineData("x.csv", "text,label,id\n\"A, \"\"b\"\"\nc\",pos,1\nd,neg,2\n", 10_000)]
    [InlineData("x.tsv", "text\tlabel\na \"b\" c\tpos\nd\tneg\n", 8000)]
    [InlineData("x.jsonl", "{\"text\":\"a\",\"label\":\"pos\"}\n{\"text\":\"b \\ud83d\\ude00\",\"label\":\"neg\"}\n", 10_000)]
    [InlineData("x.json", "[{\"text\":\"a\",\"label\":\"pos\"},{\"text\":\"b\",\"label\":\"neg\"}]", 10_000)]
    public Task Tables(string name, string content, int inputs) =>
        new FuzzTrial(name, inputs).RunAsync([Pack.Utf8(content)], name.Contains("json", StringComparison.Ordinal) ? JsonTokens : TableTokens, input => ReadArchive(name, input));

    [Fact]
    public async Task Parquet() =>
        // The library allocates a page as large as its header says, but fills only what is there.
        await new FuzzTrial("x.parquet", 2000, maxBytes: 4L << 30).RunAsync([await ParquetTableTests.WriteAsync(null, (["a", "b"], [1, 0]))], ["PAR1", "text", "label"], input => ReadArchive("x.parquet", input));

    /// <summary>The rows do not depend on how many bytes each read returns.</summary>
    /// <param name="first">The start of the file.</param>
    /// <param name="row">Repeated, because the first 4,096 bytes are always read at once.</param>
    /// <param name="rest">What follows, which is changed.</param>
    [Theory]
    [InlineData("x.csv", "text,id\n", "p,0\n", "\"A, \"\"b\"\"\nc\",1\nd,2\n", 3000)]
    [InlineData("x.tsv", "text\tid\n", "p\t0\n", "a\t1\n\"b\tc\"\t2\n", 3000)]
    [InlineData("x.jsonl", "", "{\"text\":\"p\"}\n", "{\"text\":\"a\"}\n\"b\"\n", 3000)]
    [InlineData("x.json", "[", "\"p\",", "{\"text\":\"a\"},\"b\"]", 3000)]
    [InlineData("x.txt", "", "p\r\n", "a\r\nb\rc\nd", 3000)]
    public Task Incoming_files(string name, string first, string row, string rest, int inputs)
    {
        var head = Pack.Utf8(first + string.Concat(Enumerable.Repeat(row, 4200 / row.Length)));
        return new FuzzTrial($"incoming {name}", inputs).RunAsync([Pack.Utf8(rest)], name.Contains("json", StringComparison.Ordinal) ? JsonTokens : TableTokens, input =>
        {
            byte[] content = [.. head, .. input];
            var whole = ReadIncoming(name, new MemoryStream(content));
            var byteByByte = ReadIncoming(name, new TricklingStream(content));
            Assert.Equal(whole.Error?.Message, byteByByte.Error?.Message);
            // If the file as a whole is rejected, how many rows were read before does not matter.
            if (whole.Error is null)
                Assert.Equal(whole.Rows, byteByByte.Rows);
            if (whole.Error is not null)
                throw whole.Error;
        });
    }

    [Fact]
    public Task Settings_of_uploads() =>
        new FuzzTrial("settings", 10_000).RunAsync(
            [Pack.Utf8("""{"textColumn":"review","labelColumn":"stars","validationShare":0.2,"seed":7}"""), Pack.Utf8("{}")], [.. JsonTokens, "\"textColumn\"", "\"labelColumn\"", "\"idColumn\"", "\"seed\""],
            input =>
            {
                UploadSettings.Parse(input, "x.csv.settings.json");
            });

    [Fact]
    public Task Messages() =>
        new FuzzTrial("messages", 20_000).RunAsync(
            [
                Pack.Utf8("""{"dataset":"films/0123456789abcdef","epochs":3,"learningRate":5e-05,"truncation":"headTail","furtherPretraining":{"epochs":1},"promote":"never"}"""),
                Pack.Utf8("""{"plan":"0123456789abcdef","shard":12}"""),
                Pack.Utf8("""{"run":"20260101-000000-abcdef01"}"""),
                Pack.Utf8("""{"type":"Microsoft.Storage.BlobCreated","subject":"/blobServices/default/containers/datasets/blobs/x.csv"}"""),
            ],
            [.. JsonTokens, "\"epochs\"", "\"run\"", "\"plan\"", "\"shard\"", "\"dataset\"", "../"],
            input =>
            {
                var body = QueueText.Decode(Encoding.Latin1.GetString(input));
                Action[] parsers = [() => RetrainMessage.Validate(RetrainMessage.Parse(body)), () => ScoringShard.Parse(body), () => TrainingJob.Parse(body), () => UploadEvent.Parse(body)];
                var errors = Array.ConvertAll(parsers, Record.Exception);
                if (Array.TrueForAll(errors, error => error is not null))
                    throw Array.Find(errors, error => error is not InputRejectedException) ?? errors[0]!;
            });

    [Fact]
    public Task Score_requests() =>
        new FuzzTrial("score requests", 20_000).RunAsync(
            [Pack.Utf8("""{"text":"good"}"""), Pack.Utf8("""{"reviews":[{"id":"a","text":"good"},{"text":"bad"}]}""")], [.. JsonTokens, "\"reviews\""],
            input => ScoreRequest.ReadAsync(new MemoryStream(input), TestContext.Current.CancellationToken).GetAwaiter().GetResult());

    [Fact]
    public Task Tokenizers() =>
        new FuzzTrial("tokenizer.json", 4000).RunAsync(
            [TokenizerJson.FromVocabulary(Pack.Utf8("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n##b\ngood\n")).Write(removeMarkup: true, maxLength: 512, cutStart: false)],
            [.. JsonTokens, "\"model\"", "\"vocab\"", "\"WordPiece\"", "\"normalizer\"", "\"pre_tokenizer\"", "\"post_processor\"", "\"added_tokens\"", "\"Sequence\"", "\"Replace\""],
            input => Assert.NotEmpty(TokenizerJson.Parse(input, TokenizerJson.FileName).Tokenizer.Encode("A good\u0301 film \ud83d [MASK]")));

    private void ReadArchive(string name, byte[] content)
    {
        var reader = new ArchiveReader(ArchiveFile.Open(folder.Write(name, content)), HostileArchives.Limits);
        foreach (var text in reader.Read(TestContext.Current.CancellationToken).ToList())
            Assert.NotNull(reader.Layout.IdOf(text));
    }

    private static (List<IncomingRow> Rows, InputRejectedException? Error) ReadIncoming(string name, Stream content)
    {
        var rows = new List<IncomingRow>();
        try
        {
            foreach (var row in IncomingRows.Read(content, name, IncomingFormat.Of(name), new ScoringLimits { MaxLineBytes = 4000 }, ColumnChoice.None))
                rows.Add(row);
            return (rows, null);
        }
        catch (InputRejectedException e)
        {
            return (rows, e);
        }
    }

    /// <summary>Returns one byte at a time, as a slow connection may.</summary>
    private sealed class TricklingStream(byte[] content) : MemoryStream(content)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, 1));

        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, 1)]);
    }
}
