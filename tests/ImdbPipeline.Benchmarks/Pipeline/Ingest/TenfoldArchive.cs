using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace ImdbPipeline.Benchmarks.Pipeline.Ingest;

/// <summary>The real archive ten times in one: every review ten times under numbers of their own, each ending in other words.</summary>
internal static class TenfoldArchive
{
    private const int Times = 10;

    // No folder has more reviews than this, so no two copies meet.
    private const int Numbers = 50_000;

    public static void Write(string path)
    {
        using var tar = new TarWriter(new GZipStream(File.Create(path), CompressionLevel.Fastest), TarEntryFormat.Ustar);
        foreach (var (name, content) in RealArchive.Files())
        {
            if (RealArchive.IsReview(name))
                for (var copy = 0; copy < Times; copy++)
                    Add(tar, Renumbered(name, copy), [.. content, .. Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $" Seen {copy + 1} times."))]);
            else if (Path.GetFileName(name).StartsWith("urls_", StringComparison.Ordinal))
                Add(tar, name, Movies(content));
            else
                Add(tar, name, content);
        }
    }

    private static string Renumbered(string name, int copy)
    {
        var slash = name.LastIndexOf('/') + 1;
        var line = name.IndexOf('_', slash);
        var number = int.Parse(name.AsSpan(slash, line - slash), CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture, $"{name[..slash]}{copy * Numbers + number}{name[line..]}");
    }

    // A line a number: the numbers between two copies have empty ones.
    private static byte[] Movies(byte[] list)
    {
        var lines = Encoding.UTF8.GetString(list).TrimEnd('\n').Split('\n');
        var copy = string.Join('\n', lines) + new string('\n', Numbers - lines.Length + 1);
        return Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(copy, Times)));
    }

    private static void Add(TarWriter tar, string name, byte[] content) =>
        tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
}
