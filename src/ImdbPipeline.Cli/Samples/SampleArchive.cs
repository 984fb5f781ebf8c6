using System.Formats.Tar;
using System.IO.Compression;
using System.Text;

namespace ImdbPipeline.Cli.Samples;

/// <summary>
/// A generated archive in the aclImdb layout, with the flaws of real ones: duplicates in the training split, train/test leakage,
/// an empty review, and files that are not reviews. Deterministic: the same settings write the same bytes.
/// </summary>
public sealed record SampleArchive
{
    public const string DefaultName = "sample-reviews.tar.gz";

    private static readonly DateTimeOffset Modified = new(2011, 4, 12, 0, 0, 0, TimeSpan.Zero);

    public int Train { get; init; } = 3000;

    public int Test { get; init; } = 800;

    public int Unsup { get; init; } = 600;

    public int Seed { get; init; } = 7;

    /// <summary>Number of duplicates in the training split.</summary>
    public int Copies => Train / 250;

    /// <summary>Number of test reviews that are also in the training split.</summary>
    public int Leaks => Test / 100;

    /// <summary>Writes the archive and leaves the stream open.</summary>
    public void Write(Stream output)
    {
        using var gzip = new GZipStream(output, CompressionLevel.Optimal, leaveOpen: true);
        using var tar = new TarWriter(gzip, TarEntryFormat.Ustar, leaveOpen: true);
        var test = SampleReviews.Labelled(Test, firstMovie: 1, Seed);
        var train = SampleReviews.Labelled(Train, firstMovie: 100_001, Seed + 1);
        Add(tar, "README", "Generated film reviews in the layout of the Large Movie Review Dataset. No one wrote them, no film exists.\n");
        AddSplit(tar, "test", test);
        AddSplit(
            tar, "train",
            [.. train, .. train.Take(Copies), .. test.Take(Leaks).Select(review => review with { Movie = 100_001 }), new SampleReview("<br />", false, 2, 100_001)]);
        AddSplit(tar, "train", SampleReviews.Unlabelled(Unsup, firstMovie: 200_001, Seed + 2));
        Add(tar, "notes/to-do.txt", "Ask for the missing half of the reviews.\n");
        Add(tar, "train/pos/Thumbs.db", "\u0001\u0002");
    }

    private static void AddSplit(TarWriter tar, string split, IReadOnlyList<SampleReview> reviews)
    {
        foreach (var folder in reviews.GroupBy(review => review.Folder).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            // As in aclImdb, line i of this file is the movie of review i.
            Add(tar, $"{split}/urls_{folder.Key}.txt",
                string.Concat(folder.Select(review => $"http://www.imdb.com/title/tt{review.Movie:0000000}/usercomments\n")));
            var id = 0;
            foreach (var review in folder)
                Add(tar, $"{split}/{folder.Key}/{id++}_{review.Rating}.txt", review.Text);
        }
    }

    private static void Add(TarWriter tar, string path, string text)
    {
        using var content = new MemoryStream(Encoding.UTF8.GetBytes(text));
        tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, path) { DataStream = content, ModificationTime = Modified });
    }
}
