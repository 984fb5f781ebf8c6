using System.IO.Compression;
using System.Text;
using ImdbPipeline.Core.Archives;

namespace ImdbPipeline.Core.Tests.Archives;

/// <summary>One bad archive a rule. What is not refused is read as it is.</summary>
public sealed class ArchiveRulesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static readonly ArchiveLimits Small = new()
    {
        MaxMembers = 10,
        MaxMemberBytes = 4000,
        MaxReviewBytes = 2000,
        MaxRowLength = 5000,
        MaxUnpackedBytes = 200_000,
        MinJudgedBytes = 20_000,
        MaxNameLength = 60,
        MaxReviews = 8,
        MaxLabels = 3,
        MaxArchiveBytes = 150_000,
    };

    private List<RawReview> Read(string name, byte[] archive, ArchiveLimits? limits = null)
    {
        var reader = new ReviewReader(ArchiveFile.Open(folder.File(name, archive)), limits ?? ArchiveLimits.Default);
        var reviews = reader.Read(CancellationToken.None).ToList();
        Assert.True(reader.Layout.Labels.Count >= 2);
        return reviews;
    }

    private void Refused(string rule, string name, byte[] archive, string? member = null, ArchiveLimits? limits = null)
    {
        var e = Assert.Throws<InputRejectedException>(() => Read(name, archive, limits));
        Assert.Equal(rule, e.Rule);
        Assert.Contains($"archive {name}", e.Subject, StringComparison.Ordinal);
        Assert.Contains(member ?? "", e.Subject, StringComparison.Ordinal);
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
    public void Every_kind_of_archive_gives_the_same_reviews(string name)
    {
        var tar = Pack.Tar(Pack.Reviews);
        var reviews = Read(name, name.EndsWith("zip", StringComparison.Ordinal) ? Pack.Zip(Pack.Reviews) : name.EndsWith("tar", StringComparison.Ordinal) ? tar : Pack.Gzip(tar));
        Assert.Equal(Pack.Reviews, reviews.Select(review => (review.Id, review.Text)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(60)]
    public void Gzip_cut_off_is_refused(int bytes) => Refused("gzip-truncated", "x.tar.gz", Pack.Gzip(Pack.Tar(Pack.Reviews))[..^bytes]);

    [Fact]
    public void Gzip_with_a_wrong_checksum_is_refused()
    {
        var gzip = Pack.Gzip(Pack.Tar(Pack.Reviews));
        Refused("gzip-checksum", "x.tar.gz", Flipped(gzip, gzip.Length - 8));
    }

    [Fact]
    public void Gzip_with_a_wrong_length_is_refused()
    {
        var gzip = Pack.Gzip(Pack.Tar(Pack.Reviews));
        Refused("gzip-length", "x.tar.gz", Flipped(gzip, gzip.Length - 4));
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("\0\0\0\0")]
    public void Gzip_followed_by_something_else_is_refused(string garbage) =>
        Refused("gzip-trailing-garbage", "x.tar.gz", [.. Pack.Gzip(Pack.Tar(Pack.Reviews)), .. Pack.Utf8(garbage)]);

    [Fact]
    public void Gzip_in_several_members_is_one_file()
    {
        var tar = Pack.Tar(Pack.Reviews);
        Assert.Equal(4, Read("x.tar.gz", [.. Pack.Gzip(tar[..700]), .. Pack.Gzip([]), .. Pack.Gzip(tar[700..])]).Count);
    }

    [Fact]
    public void Damage_anywhere_in_a_gzip_is_refused_or_harmless()
    {
        var gzip = Pack.Gzip(Pack.Tar(Pack.Reviews));
        for (var at = 0; at < gzip.Length; at++)
        {
            var damaged = Flipped([.. gzip], at);
            try
            {
                // Header fields such as the time of packing mean nothing to the content.
                Assert.Equal(Pack.Reviews, Read("x.tar.gz", damaged).Select(review => (review.Id, review.Text)));
                Assert.InRange(at, 3, 9);
            }
            catch (InputRejectedException)
            {
                continue;
            }
        }
    }

    [Fact]
    public void Damage_anywhere_in_a_zip_is_refused_or_harmless()
    {
        var zip = Pack.Zip(Pack.Reviews);
        for (var at = 0; at < zip.Length; at++)
        {
            var damaged = Flipped([.. zip], at);
            try
            {
                Assert.Equal(Pack.Reviews.Select(review => review.Text), Read("x.zip", damaged).Select(review => review.Text));
            }
            catch (InputRejectedException)
            {
                continue;
            }
        }
    }

    [Fact]
    public void Zip_with_a_wrong_checksum_is_refused()
    {
        var zip = Pack.Zip(CompressionLevel.NoCompression, Pack.Reviews);
        var data = Encoding.Latin1.GetString(zip).IndexOf("A fine film.", StringComparison.Ordinal);
        Refused("zip-checksum", "x.zip", Edited(zip, data, (byte)'B'), "pos/1.txt");
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void Zip_that_lies_about_a_size_is_refused(int lie)
    {
        var zip = Pack.Zip(Pack.Reviews);
        // The same lie in both headers.
        foreach (var at in new[] { Pack.Find(zip, Pack.LocalHeader) + 22, Pack.Find(zip, Pack.CentralHeader) + 24 })
            zip[at] = (byte)(zip[at] + lie);
        Refused("zip-size", "x.zip", zip, "pos/1.txt");
    }

    [Fact]
    public void Zip_whose_headers_disagree_is_refused()
    {
        var zip = Pack.Zip(Pack.Reviews);
        Refused("zip-size", "x.zip", Edited(zip, Pack.Find(zip, Pack.LocalHeader) + 22, 99), "pos/1.txt");
    }

    [Fact]
    public void Zip_with_two_members_over_the_same_bytes_is_refused()
    {
        var zip = Pack.Zip(Pack.Reviews);
        int first = Pack.Find(zip, Pack.CentralHeader), second = Pack.Find(zip, Pack.CentralHeader, 1);
        // The second entry, with its own name, over the first one's local header.
        zip.AsSpan(first + 42, 4).CopyTo(zip.AsSpan(second + 42));
        var e = Assert.Throws<InputRejectedException>(() => Read("x.zip", zip));
        Assert.Contains(e.Rule, new[] { "zip-overlap", "zip-corrupt" });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(22)]
    [InlineData(100)]
    public void Zip_cut_off_is_refused(int bytes) => Refused("zip-truncated", "x.zip", Pack.Zip(Pack.Reviews)[..^bytes]);

    [Fact]
    public void Zip_with_bytes_after_its_end_is_refused() => Refused("zip-truncated", "x.zip", [.. Pack.Zip(Pack.Reviews), 1, 2, 3]);

    [Fact]
    public void Encrypted_zip_is_refused()
    {
        var zip = Pack.Zip(Pack.Reviews);
        foreach (var at in new[] { Pack.Find(zip, Pack.LocalHeader) + 6, Pack.Find(zip, Pack.CentralHeader) + 8 })
            zip[at] |= 1;
        Refused("zip-encrypted", "x.zip", zip, "pos/1.txt");
    }

    [Fact]
    public void Zip_with_another_compression_is_refused()
    {
        var zip = Pack.Zip(Pack.Reviews);
        Refused("zip-method", "x.zip", Edited(zip, Pack.Find(zip, Pack.CentralHeader) + 10, 14), "pos/1.txt");
    }

    [Fact]
    public void Symbolic_link_in_a_zip_is_refused()
    {
        var zip = Pack.Zip(Pack.Reviews);
        var at = Pack.Find(zip, Pack.CentralHeader);
        zip[at + 5] = 3;
        zip[at + 41] = 0xA1;
        Refused("member-not-regular", "x.zip", zip, "pos/1.txt");
    }

    [Theory]
    [InlineData("../pos/1.txt")]
    [InlineData("pos/../../1.txt")]
    [InlineData("/etc/pos/1.txt")]
    [InlineData("C:/pos/1.txt")]
    [InlineData("pos\\1.txt")]
    [InlineData("pos/a\u001b[2Jb.txt")]
    public void Names_that_lead_astray_are_refused(string name)
    {
        (string, string)[] files = [.. Pack.Reviews, (name, "x")];
        Refused("member-name-unsafe", "x.tar", Pack.Tar(files), "member");
        Refused("member-name-unsafe", "x.zip", Pack.Zip(files), "member");
    }

    [Theory]
    [InlineData("pos/1.txt")]
    [InlineData("./pos/1.txt")]
    [InlineData("pos//1.txt")]
    public void A_member_twice_is_refused(string name)
    {
        (string, string)[] files = [.. Pack.Reviews, (name, "x")];
        Refused("member-duplicate", "x.tar", Pack.Tar(files), "pos");
        Refused("member-duplicate", "x.zip", Pack.Zip(files), "pos");
    }

    [Theory]
    [InlineData('1', "hard link")]
    [InlineData('2', "symbolic link")]
    [InlineData('3', "character device")]
    [InlineData('4', "block device")]
    [InlineData('6', "FIFO")]
    [InlineData('S', "sparse file")]
    [InlineData('Z', "type 0x5a")]
    public void Tar_with_more_than_files_and_folders_is_refused(char type, string found)
    {
        var tar = Pack.TarOf(Pack.TarEntry("pos/1.txt", Pack.Utf8("x")), Pack.TarEntry("pos/2.txt", [], type, "/etc/passwd"));
        Refused("member-not-regular", "x.tar", tar, "pos/2.txt");
        Assert.Contains(found, Assert.Throws<InputRejectedException>(() => Read("x.tar", tar)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tar_cut_off_is_refused_wherever_it_is_cut()
    {
        var tar = Pack.Tar(Pack.Reviews);
        for (var length = 512; length < tar.Length - 1024; length += 256)
            Refused("tar-truncated", "x.tar", tar[..length]);
    }

    [Fact]
    public void Tar_followed_by_something_else_is_refused() => Refused("tar-trailing-garbage", "x.tar", [.. Pack.Tar(Pack.Reviews), 1]);

    [Fact]
    public void Tar_with_a_wrong_header_checksum_is_refused() => Refused("tar-corrupt", "x.tar", Flipped(Pack.Tar(Pack.Reviews), 1024 + 3));

    [Fact]
    public void Tar_with_long_names_in_pax_or_GNU_headers_is_read()
    {
        var name = new string('d', 120) + "/pos/1.txt";
        var other = new string('d', 120) + "/neg/1.txt";
        var tar = Pack.TarOf(
            Pack.Pax(("mtime", "1.5"), ("path", name)), Pack.TarEntry("short", Pack.Utf8("good")),
            Pack.TarEntry("././@LongLink", Pack.Utf8(other + "\0"), 'L'), Pack.TarEntry("short", Pack.Utf8("bad")));
        Assert.Equal([name, other], Read("x.tar", tar).Select(review => review.Id));
    }

    [Fact]
    public void Tar_with_a_huge_extended_header_is_refused_before_it_is_held() =>
        Refused("tar-corrupt", "x.tar", Pack.TarOf(Pack.TarEntry("PaxHeader", [], 'x', size: 2_000_000_000)));

    [Fact]
    public void Too_many_members_are_refused()
    {
        var files = Enumerable.Range(0, 11).Select(i => ($"pos/{i}.md", "x")).ToArray();
        Refused("too-many-members", "x.tar", Pack.Tar(files), limits: Small);
        Refused("too-many-members", "x.zip", Pack.Zip(files), limits: Small);
    }

    [Fact]
    public void Too_big_members_are_refused()
    {
        (string, string)[] files = [("pos/notes.md", string.Concat(Enumerable.Range(0, 1200).Select(i => $"{i} ")))];
        Refused("member-too-big", "x.tar", Pack.Tar(files), "pos/notes.md", Small);
        Refused("member-too-big", "x.zip", Pack.Zip(files), "pos/notes.md", Small);
    }

    [Fact]
    public void Too_big_archives_are_refused() =>
        Refused("archive-too-big", "x.tar", Pack.Tar([.. Enumerable.Range(0, 50).Select(i => ($"pos/{i}.txt", new string('x', 3000)))]), limits: Small);

    [Fact]
    public void Too_much_unpacked_is_refused()
    {
        var noise = new byte[250_000];
        new Random(1).NextBytes(noise);
        var text = Convert.ToHexString(noise);
        Refused(
            "archive-too-big-unpacked", "x.tar.gz", Pack.Gzip(Pack.TarOf(Pack.TarEntry("a.md", Pack.Utf8(text)))),
            limits: Small with { MaxArchiveBytes = 1_000_000, MaxMemberBytes = 1_000_000, MaxRatio = 1000 });
    }

    [Fact]
    public void Bombs_are_refused_while_they_go_off()
    {
        var limits = Small with { MaxMemberBytes = long.MaxValue, MaxUnpackedBytes = long.MaxValue };
        var zeros = new string('0', 10_000_000);
        Refused("archive-ratio", "x.tar.gz", Pack.Gzip(Pack.Tar(("pos/1.md", zeros))), limits: limits);
        Refused("archive-ratio", "x.zip", Pack.Zip(("pos/1.md", zeros)), limits: limits);
        Refused("archive-ratio", "x.csv.gz", Pack.Gzip(Pack.Utf8("text,label\n" + string.Concat(Enumerable.Repeat("a,b\n", 1_000_000)))), limits: limits with { MaxReviews = int.MaxValue });
    }

    [Fact]
    public void Too_long_names_are_refused() => Refused("member-name-too-long", "x.tar", Pack.Tar((new string('x', 61), "x")), limits: Small);

    [Fact]
    public void Too_big_reviews_are_refused() => Refused("review-too-big", "x.tar", Pack.Tar(("pos/1.txt", new string('x', 2001))), "pos/1.txt", Small);

    [Fact]
    public void Too_many_reviews_are_refused() =>
        Refused("too-many-reviews", "x.csv", Pack.Utf8("text,label\n" + string.Concat(Enumerable.Repeat("a,b\n", 9))), limits: Small);

    [Theory]
    [InlineData(new byte[] { (byte)'a', 0xFF, (byte)'b' }, "text-not-utf8")]
    [InlineData(new byte[] { 0xC3 }, "text-not-utf8")]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 }, "text-not-utf8")]
    [InlineData(new byte[] { 0xFF, 0xFE, (byte)'a', 0 }, "text-utf16")]
    [InlineData(new byte[] { (byte)'a', 0, (byte)'b', 0, (byte)'c', 0 }, "text-utf16")]
    public void Text_that_is_no_UTF8_is_refused(byte[] text, string rule) =>
        Refused(rule, "x.tar", Pack.TarOf(Pack.TarEntry("pos/1.txt", text)), "pos/1.txt");

    [Fact]
    public void Tables_that_are_no_UTF8_are_refused()
    {
        Refused("text-not-utf8", "x.csv", [.. Pack.Utf8("text,label\na,"), 0xFF, .. Pack.Utf8("\n")]);
        Refused("jsonl-row", "x.jsonl", [.. Pack.Utf8("{\"text\":\"a"), 0xFF, .. Pack.Utf8("\",\"label\":\"b\"}\n")]);
        Refused("text-utf16", "x.csv", Encoding.Unicode.GetBytes("text,label\na,b\n"));
        Refused("text-utf16", "x.jsonl", [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("{}\n")]);
    }

    [Fact]
    public void A_byte_order_mark_is_no_part_of_the_text()
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
    public void Empty_files_are_refused(string name) => Refused("archive-empty", name, []);

    [Fact]
    public void Archives_without_reviews_are_refused()
    {
        Refused("archive-empty", "x.tar", Pack.TarOf());
        Refused("archive-empty", "x.tar.gz", Pack.Gzip(Pack.TarOf()));
        Refused("archive-empty", "x.zip", Pack.Zip());
        Refused("archive-empty", "x.zip", Pack.Zip(("README", "x"), ("notes.txt", "x")));
        Refused("archive-empty", "x.csv", Pack.Utf8("text,label\n"));
        Refused("archive-empty", "x.jsonl", Pack.Utf8("\n\n"));
    }

    [Theory]
    [InlineData("x.tar.gz")]
    [InlineData("x.zip")]
    [InlineData("x.csv")]
    [InlineData("x.jsonl")]
    [InlineData("x.csv.gz")]
    public void A_tar_under_another_name_is_refused(string name) => Refused("extension-mismatch", name, Pack.Tar(Pack.Reviews));

    [Theory]
    [InlineData("x.tar")]
    [InlineData("x.zip")]
    [InlineData("x.csv")]
    [InlineData("x.jsonl")]
    public void A_gzip_under_another_name_is_refused(string name) => Refused("extension-mismatch", name, Pack.Gzip(Pack.Tar(Pack.Reviews)));

    [Theory]
    [InlineData("x.tar")]
    [InlineData("x.tar.gz")]
    [InlineData("x.csv")]
    public void A_zip_under_another_name_is_refused(string name) => Refused("extension-mismatch", name, Pack.Zip(Pack.Reviews));

    [Fact]
    public void Unknown_kinds_are_refused() =>
        Assert.Equal("archive-kind-unknown", Assert.Throws<InputRejectedException>(() => ArchiveFile.Open(folder.File("x.rar", [1]))).Rule);

    [Theory]
    [InlineData("_x.csv")]
    [InlineData(".csv")]
    [InlineData("a?b.csv")]
    public void Names_that_cannot_name_a_data_set_are_refused(string name) =>
        Assert.Equal(ArchiveFile.NameRule, Assert.Throws<InputRejectedException>(() => ArchiveFile.DatasetOf(name)).Rule);

    [Theory]
    [InlineData("aclImdb_v1.tar.gz", "aclImdb_v1")]
    [InlineData("2024/May/rt.v2.CSV.GZ", "rt.v2")]
    public void Data_sets_are_called_as_their_archives(string archive, string dataset) => Assert.Equal(dataset, ArchiveFile.DatasetOf(archive));
}
