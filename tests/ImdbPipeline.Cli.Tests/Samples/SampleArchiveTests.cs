using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using ImdbPipeline.Cli.Samples;

namespace ImdbPipeline.Cli.Tests.Samples;

public sealed partial class SampleArchiveTests
{
    private static readonly SampleArchive Small = new() { Train = 500, Test = 200, Unsup = 40 };

    [Fact]
    public void The_same_seed_reproduces_the_archive_byte_for_byte()
    {
        Assert.Equal(Write(Small), Write(Small));
        Assert.NotEqual(Write(Small), Write(Small with { Seed = 8 }));
    }

    [Fact]
    public void Members_have_the_layout_of_aclImdb()
    {
        var members = Read(Small);

        Assert.Equal(100, Count(members, "test/neg/"));
        Assert.Equal(100, Count(members, "test/pos/"));
        Assert.Equal(500 + Small.Copies + Small.Leaks + 1, Count(members, "train/neg/") + Count(members, "train/pos/"));
        Assert.Equal(40, Count(members, "train/unsup/"));
        foreach (var (folder, min, max) in ((string, int, int)[])[("pos", 7, 10), ("neg", 1, 4), ("unsup", 0, 0)])
            Assert.All(
                members.Keys.Where(path => ReviewPath().IsMatch(path) && path.Contains($"/{folder}/", StringComparison.Ordinal)),
                path => Assert.InRange(Rating(path), min, max));
        Assert.Contains("README", members.Keys);
    }

    [Fact]
    public void Line_i_of_a_urls_file_is_the_movie_of_review_i_and_train_and_test_share_no_movies()
    {
        var members = Read(Small);
        HashSet<string> Movies(string split) => [.. new[] { "neg", "pos" }.SelectMany(label => Lines(members[$"{split}/urls_{label}.txt"]))];

        foreach (var folder in (string[])["test/neg", "test/pos", "train/neg", "train/pos", "train/unsup"])
            Assert.Equal(Count(members, folder + "/"), Lines(members[folder.Replace("/", "/urls_", StringComparison.Ordinal) + ".txt"]).Length);
        Assert.Empty(Movies("train").Intersect(Movies("test")));
    }

    [Fact]
    public void The_archive_has_the_flaws_that_ingest_must_detect()
    {
        var members = Read(Small);
        string[] train = [.. members.Where(m => m.Key.StartsWith("train/pos/", StringComparison.Ordinal) || m.Key.StartsWith("train/neg/", StringComparison.Ordinal)).Select(m => m.Value)];
        string[] test = [.. members.Where(m => ReviewPath().IsMatch(m.Key) && m.Key.StartsWith("test/", StringComparison.Ordinal)).Select(m => m.Value)];

        Assert.True(train.Length - train.Distinct().Count() >= Small.Copies, "duplicates within train");
        Assert.True(train.Intersect(test).Count() >= Small.Leaks, "train/test leakage");
        Assert.Contains(train, text => text.Contains("<br /><br />", StringComparison.Ordinal));
        Assert.Contains(train, text => text.Split(' ').Length > 450);
        Assert.Contains(train, text => text.Any(char.IsSurrogate));
        Assert.Contains(train, text => text.Contains('ü', StringComparison.Ordinal));
        Assert.Contains("notes/to-do.txt", members.Keys);
    }

    [Fact]
    public void Counting_opinion_words_classifies_at_most_three_quarters_of_the_reviews()
    {
        var words = new[] { "adjective", "noun", "enjoyed", "lifts" }
            .SelectMany(rule => new[] { true, false }.SelectMany(favourable =>
                Enumerable.Range(0, 2000).Select(seed => ReviewWriter.Grammar.Expand(rule, favourable, new Random(seed))).Distinct().Select(word => (Pattern: new Regex($@"\b{Regex.Escape(word)}\b"), Sign: favourable ? 1 : -1))))
            .ToArray();
        var reviews = SampleReviews.Labelled(800, firstMovie: 1, seed: 7);

        var right = reviews.Sum(review => Math.Sign(words.Sum(word => word.Sign * word.Pattern.Count(review.Text))) switch
        {
            0 => 0.5,
            var sign => sign > 0 == review.Favourable ? 1 : 0,
        });

        Assert.InRange(right / reviews.Count, 0.55, 0.75);
    }

    [Fact]
    public void Half_of_the_reviews_are_favourable() =>
        Assert.Equal(400, SampleReviews.Labelled(800, firstMovie: 1, seed: 3).Count(review => review.Favourable is true));

    private static byte[] Write(SampleArchive archive)
    {
        using var stream = new MemoryStream();
        archive.Write(stream);
        return stream.ToArray();
    }

    private static Dictionary<string, string> Read(SampleArchive archive)
    {
        using var tar = new TarReader(new GZipStream(new MemoryStream(Write(archive)), CompressionMode.Decompress));
        var members = new Dictionary<string, string>(StringComparer.Ordinal);
        while (tar.GetNextEntry() is { } entry)
        {
            Assert.Equal(TarEntryType.RegularFile, entry.EntryType);
            using var text = new StreamReader(entry.DataStream ?? Stream.Null, new UTF8Encoding(false, true));
            members.Add(entry.Name, text.ReadToEnd());
        }
        return members;
    }

    private static int Count(Dictionary<string, string> members, string folder) =>
        members.Keys.Count(path => path.StartsWith(folder, StringComparison.Ordinal) && ReviewPath().IsMatch(path));

    private static int Rating(string path) => int.Parse(ReviewPath().Match(path).Groups["rating"].Value, System.Globalization.CultureInfo.InvariantCulture);

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    [GeneratedRegex(@"^(train|test)/(pos|neg|unsup)/\d+_(?<rating>\d+)\.txt$")]
    private static partial Regex ReviewPath();
}
