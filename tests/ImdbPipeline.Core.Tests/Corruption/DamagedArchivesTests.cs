using ImdbPipeline.Core.Archives;
using ImdbPipeline.Core.Tests.Archives;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Core.Tests.Corruption;

public sealed class DamagedArchivesTests : IDisposable
{
    private static readonly (string Name, string Text)[] Reviews =
    [
        .. Pack.Texts, ("train.csv", "text,label\n\"A film, \"\"of sorts\"\"\",pos\nNo film at all,neg\n"), ("urls_pos.txt", "http://example.org/tt0000001\n"), ("README", "x"),
    ];

    private static readonly byte[] Csv = Pack.Utf8("id,text,label,split,rating\na,\"A fine film, \"\"really\"\".\",pos,train,9\nb,\"A bad\nfilm.\",neg,train,2\nc,Clich\u00e9d,neg,test,\n");
    private static readonly byte[] Jsonl = Pack.Utf8("{\"id\":1,\"text\":\"A fine film.\",\"label\":1}\n{\"id\":2,\"text\":\"A b\\u00e4d \\ud83d\\ude00 film.\",\"label\":0}\n");

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public Task A_damaged_tar_gz_is_rejected_or_gives_the_same_texts() => ChecksummedAsync("x.tar.gz", Pack.Gzip(Pack.Tar(Pack.Texts)), 1500, 101);

    [Fact]
    public Task A_damaged_zip_is_rejected_or_gives_the_same_texts() => ChecksummedAsync("x.zip", Pack.Zip(Pack.Texts), 1500, 102);

    [Fact]
    public Task A_damaged_csv_gz_is_rejected_or_gives_the_same_texts() => ChecksummedAsync("x.csv.gz", Pack.Gzip(Csv), 900, 103);

    [Fact]
    public Task A_damaged_tar_is_rejected_or_read() => PlainAsync("x.tar", Pack.Tar(Pack.Texts), 900, 104);

    [Fact]
    public Task A_damaged_tar_with_long_names_is_rejected_or_read() => PlainAsync(
        "x.tar", Pack.TarOf(Pack.Pax(("mtime", "1.5"), ("path", "pos/1.txt")), Pack.TarEntry("short", Pack.Utf8("good")), Pack.TarEntry("././@LongLink", Pack.Utf8("neg/1.txt\0"), 'L'), Pack.TarEntry("short", Pack.Utf8("bad"))), 500, 105);

    [Fact]
    public Task A_damaged_csv_is_rejected_or_read() => PlainAsync("x.csv", Csv, 500, 106);

    [Fact]
    public Task A_damaged_jsonl_is_rejected_or_read() => PlainAsync("x.jsonl", Jsonl, 500, 107);

    [Fact]
    public Task A_damaged_zip_with_tables_is_rejected_or_read() =>
        PlainAsync("x.zip", Pack.Zip(System.IO.Compression.CompressionLevel.NoCompression, Reviews[4..]), 300, 108);

    /// <summary>A checksum protects the content, so a successful read must give the same content.</summary>
    private Task ChecksummedAsync(string name, byte[] archive, int cases, int seed)
    {
        var expected = Read(name, archive);
        return new DamageTrial(name, cases, seed).RunAsync(archive, damaged => Assert.Equal(expected, Read(name, damaged)));
    }

    /// <summary>Nothing detects a changed letter, so a successful read may give any valid content.</summary>
    private Task PlainAsync(string name, byte[] archive, int cases, int seed)
    {
        Read(name, archive);
        return new DamageTrial(name, cases, seed).RunAsync(archive, damaged => Assert.NotEmpty(Read(name, damaged)));
    }

    private List<(string Id, string Text, string Part)> Read(string name, byte[] archive)
    {
        var reader = new ArchiveReader(ArchiveFile.Open(folder.Write(name, archive)), ArchiveLimits.Default);
        var reviews = reader.Read(CancellationToken.None).ToList();
        return [.. reviews.Select(review => (reader.Layout.IdOf(review), review.Text, $"{reader.Layout.Groups[review.Group]} {string.Join(' ', reader.Layout.Labels)}"))];
    }
}
