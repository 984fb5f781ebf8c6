using System.IO.Compression;
using System.Text;
using ImdbPipeline.Core.Archives;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Core.Tests.Archives;

/// <summary>One invalid archive per rule; valid archives are read unchanged.</summary>
public sealed class ArchiveRulesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static readonly ArchiveLimits Small = new()
    {
        MaxMembers = 10,
        MaxMemberBytes = 4000,
        MaxTextBytes = 2000,
        MaxRowLength = 5000,
        MaxUnpackedBytes = 200_000,
        MinBytesForRatioCheck = 20_000,
        MaxNameLength = 60,
        MaxTexts = 8,
        MaxLabels = 3,
        MaxArchiveBytes = 150_000,
    };

    private List<RawText> Read(string name, byte[] archive, ArchiveLimits? limits = null)
    {
        var reader = new ArchiveReader(ArchiveFile.Open(folder.Write(name, archive)), limits ?? ArchiveLimits.Default);
        var reviews = reader.Read(CancellationToken.None).ToList();
        Assert.True(reader.Layout.Labels.Count >= 2);
        return reviews;
    }

    private void AssertRejected(string rule, string name, byte[] archive, string? member = null, ArchiveLimits? limits = null)
    {
        var e = Assert.Throws<InputRejectedException>(() => Read(name, archive, limits));
        Assert.Equal(rule, e.Rule);
        var subject = e.Message.Split(": expected ")[0];
        Assert.Contains($"archive {name}", subject, StringComparison.Ordinal);
        Assert.Contains(member ?? "", subject, StringComparison.Ordinal);
        Assert.Matches("expected .+, found .+\\.", e.Message);
    }

    private static byte[] Edited(byte[] bytes, int at, byte value)
    {
        bytes[at] = value;
        return bytes;
    }

    private static byte[] Flipped(byte[] bytes, int at) => Edited(bytes, at, (byte)(bytes[at] ^ 0x5A));

    [Theory]
    [InlineData("reviews.tar")]
    [InlineData("reviews.tar.gz")]
    [InlineData("reviews.tgz")]
    [InlineData("reviews.zip")]
    public void Every_archive_format_gives_the_same_texts(string name)
    {
        var tar = Pack.Tar(Pack.Texts);
        var reviews = Read(name, name.EndsWith("zip", StringComparison.Ordinal) ? Pack.Zip(Pack.Texts) : name.EndsWith("tar", StringComparison.Ordinal) ? tar : Pack.Gzip(tar));
        Assert.Equal(Pack.Texts, reviews.Select(review => (review.Id!, review.Text)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(60)]
    public void A_truncated_gzip_is_rejected(int bytes) => AssertRejected("gzip-truncated", "x.tar.gz", Pack.Gzip(Pack.Tar(Pack.Texts))[..^bytes]);

    [Fact]
    public void A_gzip_with_a_wrong_checksum_is_rejected()
    {
        var gzip = Pack.Gzip(Pack.Tar(Pack.Texts));
        AssertRejected("gzip-checksum", "x.tar.gz", Flipped(gzip, gzip.Length - 8));
    }

    [Fact]
    public void A_gzip_with_a_wrong_length_is_rejected()
    {
        var gzip = Pack.Gzip(Pack.Tar(Pack.Texts));
        AssertRejected("gzip-length", "x.tar.gz", Flipped(gzip, gzip.Length - 4));
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("\0\0\0\0")]
    public void A_gzip_with_trailing_data_is_rejected(string garbage) =>
        AssertRejected("gzip-trailing-garbage", "x.tar.gz", [.. Pack.Gzip(Pack.Tar(Pack.Texts)), .. Pack.Utf8(garbage)]);

    [Fact]
    public void A_gzip_with_several_members_is_read_as_one_file()
    {
        var tar = Pack.Tar(Pack.Texts);
        Assert.Equal(4, Read("x.tar.gz", [.. Pack.Gzip(tar[..700]), .. Pack.Gzip([]), .. Pack.Gzip(tar[700..])]).Count);
    }

    [Fact]
    public void Damage_anywhere_in_a_gzip_is_rejected_or_harmless()
    {
        var gzip = Pack.Gzip(Pack.Tar(Pack.Texts));
        for (var at = 0; at < gzip.Length; at++)
        {
            var damaged = Flipped([.. gzip], at);
            try
            {
                // Header fields such as the modification time do not affect the content.
                Assert.Equal(Pack.Texts, Read("x.tar.gz", damaged).Select(review => (review.Id!, review.Text)));
                Assert.InRange(at, 3, 9);
            }
            catch (InputRejectedException)
            {
                continue;
            }
        }
    }

    [Fact]
    public void Damage_anywhere_in_a_zip_is_rejected_or_harmless()
    {
        var zip = Pack.Zip(Pack.Texts);
        for (var at = 0; at < zip.Length; at++)
        {
            var damaged = Flipped([.. zip], at);
            try
            {
                Assert.Equal(Pack.Texts.Select(review => review.Text), Read("x.zip", damaged).Select(review => review.Text));
            }
            catch (InputRejectedException)
            {
                continue;
            }
        }
    }

    [Fact]
    public void A_zip_with_a_wrong_checksum_is_rejected()
    {
        var zip = Pack.Zip(CompressionLevel.NoCompression, Pack.Texts);
        var data = Encoding.Latin1.GetString(zip).IndexOf("A fine film.", StringComparison.Ordinal);
        AssertRejected("zip-checksum", "x.zip", Edited(zip, data, (byte)'B'), "pos/1.txt");
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void A_zip_with_a_wrong_size_is_rejected(int difference)
    {
        var zip = Pack.Zip(Pack.Texts);
        // The same wrong size in both headers.
        foreach (var at in new[] { Pack.Find(zip, Pack.LocalHeader) + 22, Pack.Find(zip, Pack.CentralHeader) + 24 })
            zip[at] = (byte)(zip[at] + difference);
        AssertRejected("zip-size", "x.zip", zip, "pos/1.txt");
    }

    [Fact]
    public void A_zip_with_contradictory_headers_is_rejected()
    {
        var zip = Pack.Zip(Pack.Texts);
        AssertRejected("zip-size", "x.zip", Edited(zip, Pack.Find(zip, Pack.LocalHeader) + 22, 99), "pos/1.txt");
    }

    [Fact]
    public void A_zip_with_overlapping_members_is_rejected()
    {
        var zip = Pack.Zip(Pack.Texts);
        int first = Pack.Find(zip, Pack.CentralHeader), second = Pack.Find(zip, Pack.CentralHeader, 1);
        // Point the second entry, which keeps its name, to the first one's local header.
        zip.AsSpan(first + 42, 4).CopyTo(zip.AsSpan(second + 42));
        var e = Assert.Throws<InputRejectedException>(() => Read("x.zip", zip));
        Assert.Contains(e.Rule, new[] { "zip-overlap", "zip-corrupt" });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(22)]
    [InlineData(100)]
    public void A_truncated_zip_is_rejected(int bytes) => AssertRejected("zip-truncated", "x.zip", Pack.Zip(Pack.Texts)[..^bytes]);

    [Fact]
    public void A_zip_with_trailing_bytes_is_rejected() => AssertRejected("zip-truncated", "x.zip", [.. Pack.Zip(Pack.Texts), 1, 2, 3]);

    [Fact]
    public void An_encrypted_zip_is_rejected()
    {
        var zip = Pack.Zip(Pack.Texts);
        foreach (var at in new[] { Pack.Find(zip, Pack.LocalHeader) + 6, Pack.Find(zip, Pack.CentralHeader) + 8 })
            zip[at] |= 1;
        AssertRejected("zip-encrypted", "x.zip", zip, "pos/1.txt");
    }

    [Fact]
    public void A_zip_with_an_unsupported_compression_method_is_rejected()
    {
        var zip = Pack.Zip(Pack.Texts);
        AssertRejected("zip-method", "x.zip", Edited(zip, Pack.Find(zip, Pack.CentralHeader) + 10, 14), "pos/1.txt");
    }

    [Fact]
    public void A_symbolic_link_in_a_zip_is_rejected()
    {
        var zip = Pack.Zip(Pack.Texts);
        var at = Pack.Find(zip, Pack.CentralHeader);
        zip[at + 5] = 3;
        zip[at + 41] = 0xA1;
        AssertRejected("member-not-regular", "x.zip", zip, "pos/1.txt");
    }

    [Theory]
    [InlineData("../pos/1.txt")]
    [InlineData("pos/../../1.txt")]
    [InlineData("/etc/pos/1.txt")]
    [InlineData("C:/pos/1.txt")]
    [InlineData("pos\\1.txt")]
    [InlineData("pos/a\u001b[2Jb.txt")]
    public void Unsafe_member_names_are_rejected(string name)
    {
        (string, string)[] files = [.. Pack.Texts, (name, "x")];
        AssertRejected("member-name-unsafe", "x.tar", Pack.Tar(files), "member");
        AssertRejected("member-name-unsafe", "x.zip", Pack.Zip(files), "member");
    }

    [Theory]
    [InlineData("pos/1.txt")]
    [InlineData("./pos/1.txt")]
    [InlineData("pos//1.txt")]
    public void A_duplicate_member_is_rejected(string name)
    {
        (string, string)[] files = [.. Pack.Texts, (name, "x")];
        AssertRejected("member-duplicate", "x.tar", Pack.Tar(files), "pos");
        AssertRejected("member-duplicate", "x.zip", Pack.Zip(files), "pos");
    }

    [Theory]
    [InlineData('1', "hard link")]
    [InlineData('2', "symbolic link")]
    [InlineData('3', "character device")]
    [InlineData('4', "block device")]
    [InlineData('6', "FIFO")]
    [InlineData('S', "sparse file")]
    [InlineData('Z', "type 0x5a")]
    public void A_tar_with_links_or_devices_is_rejected(char type, string found)
    {
        var tar = Pack.TarOf(Pack.TarEntry("pos/1.txt", Pack.Utf8("x")), Pack.TarEntry("pos/2.txt", [], type, "/etc/passwd"));
        AssertRejected("member-not-regular", "x.tar", tar, "pos/2.txt");
        Assert.Contains(found, Assert.Throws<InputRejectedException>(() => Read("x.tar", tar)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tar_truncated_anywhere_is_rejected()
    {
        var tar = Pack.Tar(Pack.Texts);
        for (var length = 512; length < tar.Length - 1024; length += 256)
            AssertRejected("tar-truncated", "x.tar", tar[..length]);
    }

    [Fact]
    public void A_tar_with_trailing_data_is_rejected() => AssertRejected("tar-trailing-garbage", "x.tar", [.. Pack.Tar(Pack.Texts), 1]);

    [Fact]
    public void A_tar_with_a_wrong_header_checksum_is_rejected() => AssertRejected("tar-corrupt", "x.tar", Flipped(Pack.Tar(Pack.Texts), 1024 + 3));

    [Fact]
    public void Long_names_in_pax_and_GNU_tar_headers_are_read()
    {
        var name = new string('d', 120) + "/pos/1.txt";
        var other = new string('d', 120) + "/neg/1.txt";
        var tar = Pack.TarOf(
            Pack.Pax(("mtime", "1.5"), ("path", name)), Pack.TarEntry("short", Pack.Utf8("good")),
            Pack.TarEntry("././@LongLink", Pack.Utf8(other + "\0"), 'L'), Pack.TarEntry("short", Pack.Utf8("bad")));
        Assert.Equal([name, other], Read("x.tar", tar).Select(review => review.Id!));
    }

    [Fact]
    public void A_huge_extended_tar_header_is_rejected_before_it_is_buffered() =>
        AssertRejected("tar-corrupt", "x.tar", Pack.TarOf(Pack.TarEntry("PaxHeader", [], 'x', size: 2_000_000_000)));

    [Fact]
    public void Too_many_members_are_rejected()
    {
        var files = Enumerable.Range(0, 11).Select(i => ($"pos/{i}.md", "x")).ToArray();
        AssertRejected("too-many-members", "x.tar", Pack.Tar(files), limits: Small);
        AssertRejected("too-many-members", "x.zip", Pack.Zip(files), limits: Small);
    }

    [Fact]
    public void Oversized_members_are_rejected()
    {
        (string, string)[] files = [("pos/notes.md", string.Concat(Enumerable.Range(0, 1200).Select(i => $"{i} ")))];
        AssertRejected("member-too-big", "x.tar", Pack.Tar(files), "pos/notes.md", Small);
        AssertRejected("member-too-big", "x.zip", Pack.Zip(files), "pos/notes.md", Small);
    }

    [Fact]
    public void Oversized_archives_are_rejected() =>
        AssertRejected("archive-too-big", "x.tar", Pack.Tar([.. Enumerable.Range(0, 50).Select(i => ($"pos/{i}.txt", new string('x', 3000)))]), limits: Small);

    [Fact]
    public void Archives_with_too_much_uncompressed_content_are_rejected()
    {
        var noise = new byte[250_000];
        new Random(1).NextBytes(noise);
        var text = Convert.ToHexString(noise);
        AssertRejected(
            "archive-too-big-unpacked", "x.tar.gz", Pack.Gzip(Pack.TarOf(Pack.TarEntry("a.md", Pack.Utf8(text)))),
            limits: Small with { MaxArchiveBytes = 1_000_000, MaxMemberBytes = 1_000_000, MaxRatio = 1000 });
    }

    [Fact]
    public void Decompression_bombs_are_rejected_while_they_are_decompressed()
    {
        var limits = Small with { MaxMemberBytes = long.MaxValue, MaxUnpackedBytes = long.MaxValue };
        var zeros = new string('0', 10_000_000);
        AssertRejected("archive-ratio", "x.tar.gz", Pack.Gzip(Pack.Tar(("pos/1.md", zeros))), limits: limits);
        AssertRejected("archive-ratio", "x.zip", Pack.Zip(("pos/1.md", zeros)), limits: limits);
        AssertRejected("archive-ratio", "x.csv.gz", Pack.Gzip(Pack.Utf8("text,label\n" + string.Concat(Enumerable.Repeat("a,b\n", 1_000_000)))), limits: limits with { MaxTexts = int.MaxValue });
    }

    [Fact]
    public void Overlong_member_names_are_rejected() => AssertRejected("member-name-too-long", "x.tar", Pack.Tar((new string('x', 61), "x")), limits: Small);

    [Fact]
    public void Oversized_texts_are_rejected() => AssertRejected("review-too-big", "x.tar", Pack.Tar(("pos/1.txt", new string('x', 2001))), "pos/1.txt", Small);

    [Fact]
    public void Too_many_texts_are_rejected() =>
        AssertRejected("too-many-reviews", "x.csv", Pack.Utf8("text,label\n" + string.Concat(Enumerable.Repeat("a,b\n", 9))), limits: Small);

    [Theory]
    [InlineData(new byte[] { (byte)'a', 0xFF, (byte)'b' }, "text-not-utf8")]
    [InlineData(new byte[] { 0xC3 }, "text-not-utf8")]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 }, "text-not-utf8")]
    [InlineData(new byte[] { 0xFF, 0xFE, (byte)'a', 0 }, "text-utf16")]
    [InlineData(new byte[] { (byte)'a', 0, (byte)'b', 0, (byte)'c', 0 }, "text-utf16")]
    public void Text_that_is_not_UTF8_is_rejected(byte[] text, string rule) =>
        AssertRejected(rule, "x.tar", Pack.TarOf(Pack.TarEntry("pos/1.txt", text)), "pos/1.txt");

    [Fact]
    public void Tables_that_are_not_UTF8_are_rejected()
    {
        AssertRejected("text-not-utf8", "x.csv", [.. Pack.Utf8("text,label\na,"), 0xFF, .. Pack.Utf8("\n")]);
        AssertRejected("jsonl-row", "x.jsonl", [.. Pack.Utf8("{\"text\":\"a"), 0xFF, .. Pack.Utf8("\",\"label\":\"b\"}\n")]);
        AssertRejected("text-utf16", "x.csv", Encoding.Unicode.GetBytes("text,label\na,b\n"));
        AssertRejected("text-utf16", "x.jsonl", [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("{}\n")]);
    }

    [Fact]
    public void A_byte_order_mark_is_not_part_of_the_text()
    {
        Assert.Equal("good", Read("x.tar", Pack.Tar(("pos/1.txt", "\uFEFFgood"), ("neg/1.txt", "bad")))[0].Text);
        Assert.Equal(2, Read("x.csv", Pack.Utf8("\uFEFFtext,label\na,b\nc,d\n")).Count);
        Assert.Equal(2, Read("x.jsonl", Pack.Utf8("\uFEFF{\"text\":\"a\",\"label\":1}\n{\"text\":\"b\",\"label\":2}")).Count);
    }

    [Theory]
    [InlineData("x.tar")]
    [InlineData("x.tar.gz")]
    [InlineData("x.zip")]
    [InlineData("x.csv")]
    [InlineData("x.csv.gz")]
    [InlineData("x.jsonl")]
    public void Empty_files_are_rejected(string name) => AssertRejected("archive-empty", name, []);

    [Fact]
    public void Archives_without_texts_are_rejected()
    {
        AssertRejected("archive-empty", "x.tar", Pack.TarOf());
        AssertRejected("archive-empty", "x.tar.gz", Pack.Gzip(Pack.TarOf()));
        AssertRejected("archive-empty", "x.zip", Pack.Zip());
        AssertRejected("archive-empty", "x.zip", Pack.Zip(("README", "x"), ("notes.txt", "x")));
        AssertRejected("archive-empty", "x.csv", Pack.Utf8("text,label\n"));
        AssertRejected("archive-empty", "x.jsonl", Pack.Utf8("\n\n"));
    }

    [Theory]
    [InlineData("x.tar.gz")]
    [InlineData("x.zip")]
    [InlineData("x.csv")]
    [InlineData("x.jsonl")]
    [InlineData("x.csv.gz")]
    public void A_tar_with_the_wrong_extension_is_rejected(string name) => AssertRejected("extension-mismatch", name, Pack.Tar(Pack.Texts));

    [Theory]
    [InlineData("x.tar")]
    [InlineData("x.zip")]
    [InlineData("x.csv")]
    [InlineData("x.jsonl")]
    public void A_gzip_with_the_wrong_extension_is_rejected(string name) => AssertRejected("extension-mismatch", name, Pack.Gzip(Pack.Tar(Pack.Texts)));

    [Theory]
    [InlineData("x.tar")]
    [InlineData("x.tar.gz")]
    [InlineData("x.csv")]
    public void A_zip_with_the_wrong_extension_is_rejected(string name) => AssertRejected("extension-mismatch", name, Pack.Zip(Pack.Texts));

    [Fact]
    public void Unknown_formats_are_rejected() =>
        Assert.Equal("archive-kind-unknown", Assert.Throws<InputRejectedException>(() => ArchiveFile.Open(folder.Write("x.rar", [1]))).Rule);

    [Theory]
    [InlineData("_x.csv")]
    [InlineData(".csv")]
    [InlineData("a?b.csv")]
    public void Invalid_dataset_names_are_rejected(string name) =>
        Assert.Equal(ErrorRules.ArchiveNameInvalid.Id, Assert.Throws<InputRejectedException>(() => ArchiveFile.DatasetOf(name)).Rule);

    [Theory]
    [InlineData("aclImdb_v1.tar.gz", "aclImdb_v1")]
    [InlineData("2024/May/rt.v2.CSV.GZ", "rt.v2")]
    public void A_dataset_is_named_after_its_archive(string archive, string dataset) => Assert.Equal(dataset, ArchiveFile.DatasetOf(archive));
}
