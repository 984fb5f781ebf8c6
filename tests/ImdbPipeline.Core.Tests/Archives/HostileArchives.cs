using ImdbPipeline.Core.Archives;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Tests.Archives;

/// <param name="Name">Blob name; the dataset name without its extension.</param>
/// <param name="Rule">The rule that must reject it.</param>
internal sealed record HostileArchive(string Name, string Rule, byte[] Content);

/// <summary>At least one invalid archive for every rule that an upload can break.</summary>
internal static partial class HostileArchives
{
    /// <summary>Small, so that archives over a limit are quick to make.</summary>
    public static ArchiveLimits Limits { get; } = new()
    {
        MaxArchiveBytes = 400_000,
        MaxUnpackedBytes = 2_000_000,
        MaxMemberBytes = 700_000,
        MinBytesForRatioCheck = 500_000,
        MaxMembers = 12,
        MaxNameLength = 60,
        MaxTexts = 1000,
        MaxTextBytes = 2000,
        MaxRowLength = 5000,
        MaxLabels = 3,
        MaxLabelLength = 50,
    };

    public static IEnumerable<HostileArchive> All => [.. Gzips(), .. Tars(), .. Zips(), .. Texts(), .. Tables(), .. Layouts()];

    private static IEnumerable<HostileArchive> Layouts()
    {
        yield return new("no-bytes.tar.gz", "archive-empty", []);
        yield return new("no-members.tar", "archive-empty", Pack.TarOf());
        yield return new("only-readme.zip", "archive-empty", Pack.Zip(("README", "x")));
        yield return new("unlabelled.tar", "labels-too-few", Pack.Tar(("unsup/1.txt", "A film."), ("unsup/2.txt", "A play.")));
        yield return new("one-class.tar", "labels-too-few", Pack.Tar(("pos/1.txt", "A film."), ("pos/2.txt", "A play.")));
        yield return new("only-contradictions.csv", "labels-too-few", Pack.Utf8("text,label\nsame,pos\nsame,neg\n"));
        yield return new("four-classes.tar", "labels-too-many", Pack.Tar(("a/1.txt", "a"), ("b/1.txt", "b"), ("c/1.txt", "c"), ("d/1.txt", "d")));
        yield return new("table-and-folders.tar", "layout-mixed", Pack.Tar([.. Pack.Texts, ("more.csv", "text,label\na,b\n")]));
        yield return new("escape-label.csv", "label-invalid", Pack.Utf8("text,label\na,pos\nb,\u001b[31mneg\n"));
        yield return new("two-line-label.csv", "label-invalid", Pack.Utf8("text,label\na,pos\nb,\"neg\nforged\"\n"));
        yield return new("reversed-label.jsonl", "label-invalid", Pack.Utf8("{\"text\": \"a\", \"label\": \"pos\"}\n{\"text\": \"b\", \"label\": \"\u202esop\"}\n"));
        yield return new("reversed-folder.zip", "label-invalid", Pack.Zip(("pos/1.txt", "a"), ("\u202esop/1.txt", "b")));
        yield return new("long-label.csv", "label-invalid", Pack.Utf8($"text,label\na,pos\nb,{new string('n', 51)}\n"));
        yield return new("two-text-columns.csv", "table-columns", Pack.Utf8("text,label,text\na,pos,b\nc,neg,d\n"));
        yield return new("odd-split.tar", "split-unknown", Pack.Tar(("train/pos/1.txt", "a"), ("train/neg/1.txt", "b"), ("elsewhere/pos/1.txt", "c")));
        yield return new("short-movies.tar", "movies-missing", Pack.Tar(
            ("train/urls_pos.txt", "http://example.org/tt0000001\n"), ("train/pos/0_9.txt", "a"), ("train/pos/1_9.txt", "b"), ("train/neg/0_1.txt", "c")));
        yield return new("tar-called.zip", "extension-mismatch", Pack.Tar(Pack.Texts));
        yield return new("zip-called.tar.gz", "extension-mismatch", Pack.Zip(Pack.Texts));
        yield return new("gzip-called.csv", "extension-mismatch", Pack.Gzip(Pack.Utf8("text,label\na,b\n")));
        yield return new("archive.rar", "archive-kind-unknown", Pack.Utf8("Rar!"));
        yield return new("_mine.csv", ErrorRules.ArchiveNameInvalid.Id, Pack.Utf8("text,label\na,b\nc,d\n"));
        yield return new("too-big.tar", "archive-too-big", new byte[400_001]);
    }

    private static byte[] Edited(byte[] bytes, int at, params byte[] values)
    {
        values.CopyTo(bytes, at);
        return bytes;
    }

    private static byte[] Flipped(byte[] bytes, int at) => Edited(bytes, at, (byte)(bytes[at] ^ 0x5A));

    /// <summary>Text that compresses about 20 to 1, to exceed the size limits without exceeding the ratio.</summary>
    private static string Repetitive(int length, int seed)
    {
        var random = new Random(seed);
        var text = new System.Text.StringBuilder(length);
        while (text.Length < length)
        {
            var noise = new byte[50];
            random.NextBytes(noise);
            text.Insert(text.Length, Convert.ToHexString(noise), 20);
        }
        return text.ToString(0, length);
    }
}
