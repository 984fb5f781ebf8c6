using System.Formats.Tar;
using System.IO.Compression;
using System.Text;

namespace ImdbPipeline.Benchmarks.Pipeline;

/// <summary>The original archive of the Large Movie Review Dataset.</summary>
internal static class RealArchive
{
    public static string Path => BenchmarkData.Archive;

    /// <summary>All files with their content.</summary>
    public static IEnumerable<(string Name, byte[] Content)> Files()
    {
        using var tar = new TarReader(new GZipStream(File.OpenRead(Path), CompressionMode.Decompress));
        while (tar.GetNextEntry() is { } entry)
            if (entry.DataStream is { } data)
            {
                var content = new byte[data.Length];
                data.ReadExactly(content);
                yield return (entry.Name, content);
            }
    }

    /// <summary>The raw text of all reviews, including markup.</summary>
    public static IEnumerable<string> Reviews() => Files().Where(file => IsReview(file.Name)).Select(file => Encoding.UTF8.GetString(file.Content));

    public static bool IsReview(string name) => name.EndsWith(".txt", StringComparison.Ordinal) && name.Contains('_') && name.Split('/') is { Length: 4 };
}
