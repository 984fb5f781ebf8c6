namespace ImdbPipeline.Core.Tests.Archives;

internal static partial class HostileArchives
{
    private const string Zeros = "member of zeros only.md";

    private static IEnumerable<HostileArchive> Gzips()
    {
        static byte[] Good() => Pack.Gzip(Pack.Tar(Pack.Texts));

        yield return new("cut-by-1.tar.gz", "gzip-truncated", Good()[..^1]);
        yield return new("cut-by-8.tar.gz", "gzip-truncated", Good()[..^8]);
        yield return new("cut-by-half.tar.gz", "gzip-truncated", Good()[..(Good().Length / 2)]);
        yield return new("cut-rows.csv.gz", "gzip-truncated", Pack.Gzip(Pack.Utf8("text,label\na,b\nc,d\n"))[..^1]);
        yield return new("wrong-crc.tar.gz", "gzip-checksum", Flipped(Good(), Good().Length - 8));
        yield return new("wrong-length.tar.gz", "gzip-length", Flipped(Good(), Good().Length - 4));
        yield return new("other-method.tar.gz", "gzip-corrupt", Flipped(Good(), 2));
        yield return new("garbage-after-gzip.tar.gz", "gzip-trailing-garbage", [.. Good(), .. Pack.Utf8("garbage")]);
        yield return new("half-a-second-member.tar.gz", "gzip-truncated", [.. Good(), .. Good()[..20]]);
        yield return new("bomb.tar.gz", "archive-ratio", Pack.Gzip(Pack.Tar((Zeros, new string('0', 650_000)))));
        yield return new("bomb.csv.gz", "archive-ratio", Pack.Gzip(Pack.Utf8("text,label\n" + string.Concat(Enumerable.Repeat(new string('x', 900) + ",b\n", 600)))));
        yield return new("bomb-in-a-bomb.tar.gz", "archive-ratio", Pack.Gzip(Pack.Tar((Zeros, new string('0', 650_000)), ("inner.tar", new string('0', 650_000)))));
        yield return new("too-much.tar.gz", "archive-too-big-unpacked", Pack.Gzip(Pack.Tar([.. Enumerable.Range(0, 4).Select(i => ($"{i}.md", Repetitive(650_000, i)))])));
    }

    private static IEnumerable<HostileArchive> Tars()
    {
        foreach (var (what, name) in ((string, string)[])[("upwards", "../pos/9.txt"), ("inside-upwards", "pos/../../9.txt"), ("absolute", "/etc/pos/9.txt"), ("drive", "C:/pos/9.txt"), ("escape", "pos/a\u001b[2Jb.txt")])
        {
            yield return new($"{what}.tar", "member-name-unsafe", Pack.Tar([.. Pack.Texts, (name, "x")]));
            yield return new($"{what}.zip", "member-name-unsafe", Pack.Zip([.. Pack.Texts, (name, "x")]));
        }
        foreach (var (what, type) in ((string, char)[])[("hard-link", '1'), ("symbolic-link", '2'), ("character-device", '3'), ("block-device", '4'), ("fifo", '6'), ("sparse-file", 'S')])
            yield return new($"{what}.tar", "member-not-regular", Pack.TarOf(Pack.TarEntry("pos/1.txt", Pack.Utf8("x")), Pack.TarEntry("pos/2.txt", [], type, "/etc/passwd")));
        yield return new("twice.tar", "member-duplicate", Pack.Tar([.. Pack.Texts, ("./pos//1.txt", "x")]));
        yield return new("long-name.tar", "member-name-too-long", Pack.Tar((new string('x', 61), "x")));
        yield return new("huge-member.tar", "member-too-big", Pack.TarOf(Pack.TarEntry("notes.md", [], size: 7_000_000_000)));
        yield return new("many-members.tar", "too-many-members", Pack.Tar([.. Enumerable.Range(0, 13).Select(i => ($"pos/{i}.txt", "x"))]));
        yield return new("cut.tar", "tar-truncated", Pack.Tar(Pack.Texts)[..1200]);
        yield return new("overstated.tar", "tar-truncated", Pack.TarOf(Pack.TarEntry("pos/1.txt", Pack.Utf8("x"), size: 9000)));
        yield return new("understated.tar", "tar-corrupt", Pack.TarOf(Pack.TarEntry("pos/1.txt", new byte[700], size: 10)[..1024], [.. Enumerable.Repeat((byte)'x', 512)]));
        yield return new("damaged-header.tar", "tar-corrupt", Flipped(Pack.Tar(Pack.Texts), 1024 + 3));
        yield return new("garbage-after-tar.tar", "tar-trailing-garbage", [.. Pack.Tar(Pack.Texts), 1]);
    }

    private static IEnumerable<HostileArchive> Zips()
    {
        static byte[] Good() => Pack.Zip(Pack.Texts);
        static byte[] WithWrongSize(int sizeInLocal, int sizeInCentral, int difference)
        {
            var zip = Good();
            foreach (var at in (int[])[Pack.Find(zip, Pack.LocalHeader) + sizeInLocal, Pack.Find(zip, Pack.CentralHeader) + sizeInCentral])
                zip[at] = (byte)(zip[at] + difference);
            return zip;
        }

        var stored = Pack.Zip(System.IO.Compression.CompressionLevel.NoCompression, Pack.Texts);
        yield return new("wrong-crc.zip", "zip-checksum", Edited(stored, stored.AsSpan().IndexOf("A fine film."u8), (byte)'B'));
        yield return new("understated.zip", "zip-size", WithWrongSize(22, 24, -1));
        yield return new("overstated.zip", "zip-size", WithWrongSize(22, 24, 1));
        yield return new("overlapping.zip", "zip-overlap", WithWrongSize(18, 20, 90));
        yield return new("damaged-name.zip", "zip-corrupt", Flipped(Good(), Pack.Find(Good(), Pack.LocalHeader) + 30));
        yield return new("cut.zip", "zip-truncated", Good()[..^1]);
        yield return new("garbage-after-zip.zip", "zip-truncated", [.. Good(), 1, 2, 3]);
        yield return new("other-method.zip", "zip-method", Edited(Good(), Pack.Find(Good(), Pack.CentralHeader) + 10, 14));
        yield return new("twice.zip", "member-duplicate", Pack.Zip([.. Pack.Texts, ("pos/1.txt", "x")]));
        yield return new("many-members.zip", "too-many-members", Pack.Zip([.. Enumerable.Range(0, 13).Select(i => ($"pos/{i}.txt", "x"))]));
        yield return new("huge-member.zip", "member-too-big", Pack.Zip(("notes.md", Repetitive(700_001, 1)), ("pos/1.txt", Repetitive(600_000, 2))));
        yield return new("bomb.zip", "archive-ratio", Pack.Zip((Zeros, new string('0', 650_000))));
        // Archives inside an archive are never opened.
        yield return new("zips-in-a-zip.zip", "table-unread", Pack.Zip([.. Enumerable.Range(0, 10).Select(i => ($"{i}.zip", new string('0', 1000)))]));

        var encrypted = Good();
        foreach (var at in (int[])[Pack.Find(encrypted, Pack.LocalHeader) + 6, Pack.Find(encrypted, Pack.CentralHeader) + 8])
            encrypted[at] |= 1;
        yield return new("encrypted.zip", "zip-encrypted", encrypted);

        var link = Good();
        var central = Pack.Find(link, Pack.CentralHeader);
        yield return new("symbolic-link.zip", "member-not-regular", Edited(Edited(link, central + 5, 3), central + 41, 0xA1));
    }
}
