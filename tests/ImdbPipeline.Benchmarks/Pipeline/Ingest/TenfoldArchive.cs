using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace ImdbPipeline.Benchmarks.Pipeline.Ingest;

/// <summary>The real archive enlarged tenfold: ten copies of every review, each with its own number and a different last sentence.</summary>
internal static class TenfoldArchive
{
    private const int Copies = 10;

    // More than the number of reviews in any folder, so that the numbers of the copies do not collide.
    private const int NumbersPerCopy = 50_000;

    public static void Write(string path)
    {
        using var tar = new TarWriter(new GZipStream(File.Create(path), CompressionLevel.Fastest), TarEntryFormat.Ustar);
        foreach (var (name, content) in RealArchive.Files())
        {
            if (RealArchive.IsReview(name))
                for (var copy = 0; copy < Copies; copy++)
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
        return string.Create(CultureInfo.InvariantCulture, $"{name[..slash]}{copy * NumbersPerCopy + number}{name[line..]}");
    }

    // One line per number, so unused numbers between the copies need empty lines.
    private static byte[] Movies(byte[] list)
    {
        var lines = Encoding.UTF8.GetString(list).TrimEnd('\n').Split('\n');
        var copy = string.Join('\n', lines) + new string('\n', NumbersPerCopy - lines.Length + 1);
        return Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(copy, Copies)));
    }

    private static void Add(TarWriter tar, string name, byte[] content) =>
        tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
}
