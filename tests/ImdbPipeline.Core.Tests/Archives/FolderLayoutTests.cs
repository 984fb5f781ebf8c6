using ImdbPipeline.Core.Archives;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Core.Tests.Archives;

public sealed class FolderLayoutTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private (List<RawText> Reviews, SourceLayout Layout) Read(params (string Name, string Text)[] files)
    {
        var reader = new ArchiveReader(ArchiveFile.Open(folder.Write("x.tar", Pack.Tar(files))), ArchiveLimits.Default);
        var reviews = reader.Read(CancellationToken.None).ToList();
        return (reviews, reader.Layout);
    }

    private string Rule(params (string Name, string Text)[] files) => Assert.Throws<InputRejectedException>(() => Read(files)).Rule;

    [Theory]
    [InlineData("")]
    [InlineData("aclImdb/")]
    [InlineData("./aclImdb/")]
    public void The_aclImdb_layout_is_recognized_with_and_without_its_root_folder(string root)
    {
        var (reviews, layout) = Read(
            (root + "README", "about"), (root + "imdb.vocab", "the"), (root + "imdbEr.txt", "0.1"), (root + "._README", "junk"), ("__MACOSX/x/._1.txt", "junk"),
            (root + "train/pos/0_9.txt", "good"), (root + "train/neg/1_1.txt", "bad"), (root + "train/unsup/0_0.txt", "who knows"),
            (root + "test/pos/0_10.txt", "great"), (root + "test/neg/0_2.txt", "awful"), (root + "train/labeledBow.feat", "9 0:9"),
            (root + "train/urls_pos.txt", "http://www.imdb.com/title/tt0453418/usercomments\n"),
            (root + "train/urls_neg.txt", "http://www.imdb.com/title/tt0064354/usercomments\nhttp://www.imdb.com/title/tt0100680/usercomments\n"));

        var byId = reviews.Where(review => layout.Groups[review.Group] is not null)
            .ToDictionary(layout.IdOf, review => (Review: review, Group: layout.Groups[review.Group]!));
        Assert.Equal(["test/neg/0_2.txt", "test/pos/0_10.txt", "train/neg/1_1.txt", "train/pos/0_9.txt", "train/unsup/0_0.txt"], byId.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(["neg", "pos"], layout.Labels);
        Assert.Equal((9, Split.Train, 1), (byId["train/pos/0_9.txt"].Review.Rating, byId["train/pos/0_9.txt"].Group.Split, byId["train/pos/0_9.txt"].Group.Label));
        Assert.Equal((null, Split.Unsup, null), (byId["train/unsup/0_0.txt"].Review.Rating, byId["train/unsup/0_0.txt"].Group.Split, byId["train/unsup/0_0.txt"].Group.Label));
        Assert.Equal(["tt0064354", "tt0100680"], byId["train/neg/1_1.txt"].Group.Movies!);
        Assert.Null(byId["test/pos/0_10.txt"].Group.Movies);
        // imdbEr.txt is in a folder only if there is a root; otherwise it is ignored at once. Either way it is not a text.
        Assert.Equal(8, layout.Ignored + reviews.Count(review => layout.Groups[review.Group] is null));
    }

    [Fact]
    public void Any_folder_name_can_be_a_label()
    {
        var (reviews, layout) = Read(("films/good/a.txt", "1"), ("films/bad/a.txt", "2"), ("films/so so/a.txt", "3"));
        Assert.Equal(["bad", "good", "so so"], layout.Labels);
        Assert.All(reviews, review => Assert.Equal(Split.Train, layout.Groups[review.Group]!.Split));
    }

    [Fact]
    public void A_local_folder_is_read_like_an_archive()
    {
        foreach (var (name, text) in Pack.Texts)
            folder.Write("films/" + name, Pack.Utf8(text));
        var reader = new ArchiveReader(ArchiveFile.Open(Path.Combine(folder.Path, "films")), ArchiveLimits.Default);
        Assert.Equal(Pack.Texts.Order(), reader.Read(CancellationToken.None).Select(review => (review.Id!, review.Text)));
        var first = reader.Sha256;

        folder.Write("films/neg/2.txt", Pack.Utf8("changed"));
        reader = new ArchiveReader(ArchiveFile.Open(Path.Combine(folder.Path, "films")), ArchiveLimits.Default);
        Assert.Equal(4, reader.Read(CancellationToken.None).Count());
        Assert.NotEqual(first, reader.Sha256);
    }

    [Fact]
    public void A_link_in_a_local_folder_is_rejected()
    {
        foreach (var (name, text) in Pack.Texts)
            folder.Write("films/" + name, Pack.Utf8(text));
        File.CreateSymbolicLink(Path.Combine(folder.Path, "films/pos/3.txt"), "/etc/hostname");
        var e = Assert.Throws<InputRejectedException>(
            () => new ArchiveReader(ArchiveFile.Open(Path.Combine(folder.Path, "films")), ArchiveLimits.Default).Read(CancellationToken.None).Count());
        Assert.Equal("member-not-regular", e.Rule);
    }

    [Fact]
    public void A_single_label_is_rejected() => Assert.Equal("labels-too-few", Rule(("train/pos/1.txt", "a"), ("train/pos/2.txt", "b"), ("train/unsup/1.txt", "c")));

    [Fact]
    public void Label_folders_below_two_roots_are_rejected() => Assert.Equal("layout-mixed", Rule(("horror/pos/1.txt", "a"), ("comedy/neg/1.txt", "b")));

    [Fact]
    public void Unknown_splits_next_to_known_ones_are_rejected() => Assert.Equal("split-unknown", Rule(("train/pos/1.txt", "a"), ("extra/neg/1.txt", "b")));

    [Fact]
    public void Many_texts_outside_the_label_folders_are_rejected() => Assert.Equal(
        "layout-mixed", Rule([("data/train/pos/1.txt", "a"), ("data/train/neg/1.txt", "b"), .. Enumerable.Range(0, 21).Select(i => ($"data/{i}.txt", "c"))]));

    [Fact]
    public void Incomplete_movie_lists_are_rejected() => Assert.Equal(
        "movies-missing", Rule(("train/pos/3_9.txt", "a"), ("train/neg/0_1.txt", "b"), ("train/urls_pos.txt", "tt0000001\ntt0000002\n")));

    [Fact]
    public void Tables_mixed_with_label_folders_are_rejected() =>
        Assert.Equal("layout-mixed", Rule([.. Pack.Texts, ("more.csv", "text,label\na,b\nc,d\n")]));
}
