using System.Runtime.InteropServices;
using ImdbPipeline.Core.Archives;
using ImdbPipeline.Core.Tokenizing;

namespace ImdbPipeline.Benchmarks.Pipeline;

/// <summary>A file with token IDs of real reviews, so that all measured processes read the same input without tokenizing.</summary>
internal static class ReviewSample
{
    /// <summary>Writes every <paramref name="step"/>-th review of the archive.</summary>
    public static void Write(string path, int count, int step, int maxLength, CancellationToken cancellationToken)
    {
        var tokenizer = ModelTokenizer.FromVocabulary(DistilBertShape.Vocabulary);
        var archive = BenchmarkData.Archive;
        var reviews = new ArchiveReader(new ArchiveFile(archive, Path.GetFileName(archive), ArchiveKind.TarGz), ArchiveLimits.Default).Read(cancellationToken);
        using var file = new BinaryWriter(File.Create(path));
        foreach (var review in reviews.Where((_, i) => i % step == 0).Take(count))
        {
            var ids = tokenizer.Encode(TextCleaner.Clean(review.Text), maxLength, Truncation.Head);
            file.Write(ids.Length);
            file.Write(MemoryMarshal.AsBytes<int>(ids));
        }
    }

    public static IReadOnlyList<int[]> Read(string path)
    {
        var rows = new List<int[]>();
        using var file = new BinaryReader(File.OpenRead(path));
        while (file.BaseStream.Position < file.BaseStream.Length)
        {
            var ids = new int[file.ReadInt32()];
            file.BaseStream.ReadExactly(MemoryMarshal.AsBytes(ids.AsSpan()));
            rows.Add(ids);
        }
        return rows;
    }
}
