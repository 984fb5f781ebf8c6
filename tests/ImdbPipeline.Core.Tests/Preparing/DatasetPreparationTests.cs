using System.Globalization;
using ImdbPipeline.Core.Archives;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Preparing;
using ImdbPipeline.Core.Tests.Archives;
using ImdbPipeline.Core.Tokenizing;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Core.Tests.Preparing;

public sealed class DatasetPreparationTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    private async Task<LocalDataset> PrepareAsync(string name, byte[] archive, PreparationSettings? settings = null, string output = "prepared", byte[]? vocabulary = null)
    {
        var target = Path.Combine(folder.Path, output);
        await new DatasetPreparation(TimeProvider.System).PrepareAsync(
            ArchiveFile.Open(folder.Write(name, archive)), new FolderDatasetSink(target), settings ?? new(), null, Cancellation, vocabulary);
        return await LocalDataset.OpenAsync(target, Cancellation);
    }

    private static async Task<List<PreparedText>> RowsAsync(LocalDataset dataset, Split split)
    {
        var rows = new List<PreparedText>();
        await foreach (var row in dataset.ReadAsync(split, Cancellation))
            rows.Add(row);
        return rows;
    }

    /// <summary>An aclImdb archive with 3 reviews per movie and no movie with both labels.</summary>
    private static List<(string Name, string Text)> AclImdb(int movies)
    {
        var files = new List<(string, string)>();
        foreach (var (label, rating) in new[] { ("pos", 9), ("neg", 2) })
        {
            var urls = new List<string>();
            for (var i = 0; i < movies * 3; i++)
            {
                files.Add(($"aclImdb/train/{label}/{i}_{rating}.txt", $"Review {i} is {label}.<br />It says number {i * 7919} of {label}."));
                files.Add(($"aclImdb/test/{label}/{i}_{rating}.txt", $"Test review {i} of {label}."));
                urls.Add(string.Create(CultureInfo.InvariantCulture, $"http://www.imdb.com/title/tt{i / 3 + (label == "pos" ? 0 : 5000):0000000}/usercomments"));
            }
            files.Add(($"aclImdb/train/urls_{label}.txt", string.Join('\n', urls)));
        }
        return files;
    }

    [Fact]
    public async Task Every_text_is_accounted_for()
    {
        var dataset = await PrepareAsync("x.tar", Pack.Tar(
            ("train/pos/1.txt", "good"), ("train/pos/2.txt", "good<br />"), ("train/pos/3.txt", "fine"), ("train/pos/4.txt", "both"), ("train/pos/5.txt", "tested"),
            ("train/neg/1.txt", "bad"), ("train/neg/2.txt", "poor"), ("train/neg/3.txt", "both"), ("train/neg/4.txt", " <br /> "), ("train/neg/5.txt", "worse"),
            ("train/unsup/1.txt", "tested"), ("train/unsup/2.txt", "good"), ("train/unsup/3.txt", "unknown"), ("train/unsup/4.txt", "unknown"),
            ("test/pos/1.txt", "tested"), ("test/pos/2.txt", "tested"), ("test/neg/1.txt", "awful"), ("README", "about")),
            new PreparationSettings { ValidationShare = 0 });

        var report = dataset.Manifest.Report;
        Assert.Equal(17, report.Read);
        Assert.Equal(1, report.Ignored);
        Assert.Equal(new Dictionary<Split, int> { [Split.Train] = 1, [Split.Validation] = 0, [Split.Test] = 1, [Split.Unsup] = 1 }, report.Duplicates);
        Assert.Equal((1, 2, 1, 1), (report.Leaks, report.Contradictions, report.Empty, report.UnsupLeaks));
        Assert.Equal(new Dictionary<string, int> { ["neg"] = 3, ["pos"] = 2 }, report.Kept[Split.Train]);
        Assert.Equal(["train/neg/1.txt", "train/neg/2.txt", "train/neg/5.txt", "train/pos/1.txt", "train/pos/3.txt"], (await RowsAsync(dataset, Split.Train)).Select(row => row.Id));
        Assert.Equal(["test/neg/1.txt", "test/pos/1.txt"], (await RowsAsync(dataset, Split.Test)).Select(row => row.Id));
        Assert.Equal(["train/unsup/2.txt", "train/unsup/3.txt"], (await RowsAsync(dataset, Split.Unsup)).Select(row => row.Id));
    }

    [Fact]
    public async Task No_movie_is_on_both_sides_of_the_validation_split()
    {
        var dataset = await PrepareAsync("x.tar.gz", Pack.Gzip(Pack.Tar([.. AclImdb(50)])));
        var (train, validation) = (await RowsAsync(dataset, Split.Train), await RowsAsync(dataset, Split.Validation));
        Assert.Equal(SplitBasis.Movie, dataset.Manifest.Report.ValidationBy);
        Assert.Empty(train.Select(row => row.Movie).Intersect(validation.Select(row => row.Movie)));
        Assert.All(train.Concat(validation), row => Assert.NotNull(row.Movie));
        Assert.Equal(new Dictionary<string, int> { ["neg"] = 30, ["pos"] = 30 }, dataset.Manifest.Report.Kept[Split.Validation]);
        Assert.Equal(20, dataset.Manifest.Report.Movies[Split.Validation]);
    }

    [Fact]
    public async Task A_single_movie_still_gives_a_validation_split()
    {
        var csv = "text,label,movie\n" + string.Concat(Enumerable.Range(0, 50).Select(i => $"text {i},{i % 2},tt1\n"));
        var report = (await PrepareAsync("x.csv", Pack.Utf8(csv))).Manifest.Report;
        Assert.Equal(SplitBasis.Review, report.ValidationBy);
        Assert.Equal(new Dictionary<string, int> { ["0"] = 5, ["1"] = 5 }, report.Kept[Split.Validation]);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(10)]
    [InlineData(101)]
    public async Task The_validation_split_has_the_same_share_of_every_label(int reviews)
    {
        var csv = "text,label\n" + string.Concat(Enumerable.Range(0, reviews * 3).Select(i => $"text {i},{(i < reviews ? "a" : "b")}\n"));
        var kept = (await PrepareAsync("x.csv", Pack.Utf8(csv))).Manifest.Report.Kept;
        Assert.Equal(Math.Max(1, (int)Math.Round(reviews * 0.2)), kept[Split.Validation]["a"]);
        Assert.Equal(Math.Max(1, (int)Math.Round(reviews * 0.4)), kept[Split.Validation]["b"]);
        Assert.Empty(kept[Split.Test]);
    }

    [Fact]
    public async Task Member_order_changes_only_the_version()
    {
        var files = AclImdb(20);
        var one = await PrepareAsync("one.tar", Pack.Tar([.. files]), output: "one");
        files.Reverse();
        var other = await PrepareAsync("other.tar", Pack.Tar([.. files]), output: "other");
        Assert.NotEqual(one.Manifest.Version, other.Manifest.Version);
        Assert.Equal(one.Manifest.Shards, other.Manifest.Shards);
        Assert.Equal(one.Manifest.Vocabulary, other.Manifest.Vocabulary);
    }

    [Fact]
    public async Task Another_seed_holds_out_other_texts()
    {
        var archive = Pack.Tar([.. AclImdb(20)]);
        var one = await RowsAsync(await PrepareAsync("x.tar", archive, output: "one"), Split.Validation);
        var other = await RowsAsync(await PrepareAsync("x.tar", archive, new PreparationSettings { Seed = 7 }, "other"), Split.Validation);
        Assert.NotEqual(one.Select(row => row.Id), other.Select(row => row.Id));
    }

    [Fact]
    public async Task The_archives_own_validation_split_is_kept_and_removed_from_training()
    {
        var dataset = await PrepareAsync("x.csv", Pack.Utf8(
            "text,label,split\na,0,train\nb,1,train\nc,0,train\nc,0,validation\nd,1,validation\ne,1,test\nd,1,test\n"));
        var report = dataset.Manifest.Report;
        Assert.Equal(SplitBasis.Archive, report.ValidationBy);
        Assert.Equal((1, 1), (report.ValidationLeaks, report.Leaks));
        Assert.Equal(["4"], (await RowsAsync(dataset, Split.Validation)).Select(row => row.Id));
    }

    [Fact]
    public async Task Token_ids_come_from_the_datasets_own_vocabulary()
    {
        var dataset = await PrepareAsync("x.tar", Pack.Tar([.. AclImdb(10)]));
        var tokenizer = ModelTokenizer.FromVocabulary(await dataset.ReadVocabularyAsync(Cancellation));
        Assert.Equal(Vocabulary.SpecialTokens, tokenizer.Tokens.Take(5));
        foreach (var row in await RowsAsync(dataset, Split.Train))
        {
            Assert.Equal(tokenizer.Encode(row.Text), row.TokenIds);
            Assert.DoesNotContain(tokenizer.UnknownId, row.TokenIds);
            Assert.DoesNotContain('<', row.Text);
        }
    }

    [Fact]
    public async Task A_given_vocabulary_is_used_and_changes_the_version()
    {
        var given = Vocabulary.Write([.. Vocabulary.SpecialTokens, "a", "good", "film", "##s", "."]);
        var own = await PrepareAsync("x.tar", Pack.Tar(Pack.Texts), output: "own");
        var other = await PrepareAsync("x.tar", Pack.Tar(Pack.Texts), output: "given", vocabulary: given);
        Assert.Equal(given, await other.ReadVocabularyAsync(Cancellation));
        Assert.NotEqual(own.Manifest.Version, other.Manifest.Version);
    }

    [Fact]
    public async Task Preparing_into_the_same_folder_with_other_settings_replaces_the_old_version()
    {
        var archive = Pack.Tar([.. AclImdb(10)]);
        var first = await PrepareAsync("x.tar", archive);
        var again = await PrepareAsync("x.tar", archive);
        Assert.Equal(first.Manifest.CreatedAt, again.Manifest.CreatedAt);
        var second = await PrepareAsync("x.tar", archive, new PreparationSettings { Seed = 7 });
        Assert.Equal(
            second.Manifest.Shards.Select(shard => shard.Path).Append("manifest.json").Append("vocab.txt").Order(StringComparer.Ordinal),
            Directory.EnumerateFiles(Path.Combine(folder.Path, "prepared")).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_rejected_archive_leaves_no_files()
    {
        var archive = Pack.Gzip(Pack.Tar(Pack.Texts));
        await Assert.ThrowsAsync<InputRejectedException>(() => PrepareAsync("x.tar.gz", archive[..^1]));
        Assert.False(Directory.Exists(Path.Combine(folder.Path, "prepared")));
    }

    [Theory]
    [InlineData("validationShare", 1.0, 30_522)]
    [InlineData("validationShare", double.NaN, 30_522)]
    [InlineData("vocabularySize", 0.2, 3)]
    public async Task Settings_out_of_range_are_rejected(string setting, double share, int vocabulary)
    {
        var settings = new PreparationSettings { ValidationShare = share, VocabularySize = vocabulary };
        var e = await Assert.ThrowsAsync<InputRejectedException>(() => PrepareAsync("x.tar", Pack.Tar(Pack.Texts), settings));
        Assert.Contains(setting, e.Message.Split(": expected ")[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_few_labels_after_selection_are_rejected()
    {
        var e = await Assert.ThrowsAsync<InputRejectedException>(() => PrepareAsync("x.csv", Pack.Utf8("text,label\nsame,0\nsame,1\nb,1\n")));
        Assert.Equal("labels-too-few", e.Rule);
    }

    [Slow]
    [Fact]
    public async Task The_real_aclImdb_archive_gives_the_known_counts()
    {
        var archive = ArchiveFile.Open(SharedFiles.Require("data/imdb/aclImdb_v1.tar.gz"));
        // The known numbers of copies are those of the raw texts.
        var report = await new DatasetPreparation(TimeProvider.System).InspectAsync(archive, new PreparationSettings { StripMarkup = false }, null, Cancellation);
        Assert.Equal(100_000, report.Read);
        Assert.Equal((96, 199, 493), (report.Duplicates[Split.Train], report.Duplicates[Split.Test], report.Duplicates[Split.Unsup]));
        Assert.Equal((123, 0, 0), (report.Leaks, report.Contradictions, report.Empty));
        Assert.Equal(25_000 - 96 - 123, report.Kept[Split.Train].Values.Sum() + report.Kept[Split.Validation].Values.Sum());
        Assert.Equal(SplitBasis.Movie, report.ValidationBy);
        Assert.InRange(report.Kept[Split.Validation]["pos"] / (double)report.Kept[Split.Train]["pos"], 0.245, 0.255);
    }

    [Fact]
    public async Task The_real_rt_polarity_table_gives_two_balanced_labels()
    {
        var archive = ArchiveFile.Open(SharedFiles.Require("data/rt-polarity/rt-polarity.csv"));
        var report = await new DatasetPreparation(TimeProvider.System).InspectAsync(archive, new PreparationSettings(), null, Cancellation);
        Assert.Equal(10_662, report.Read);
        Assert.Equal(report.Kept[Split.Train]["neg"], report.Kept[Split.Train]["pos"]);
    }
}
