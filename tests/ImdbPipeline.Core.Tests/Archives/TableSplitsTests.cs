using ImdbPipeline.Core.Archives;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Core.Tests.Archives;

public sealed class TableSplitsTests : IDisposable
{
    private const string Table = "text,label\na,0\nb,1\n";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("data/train-00000-of-00001.csv", Split.Train)]
    [InlineData("data/test-00000-of-00001.csv", Split.Test)]
    [InlineData("data/unsupervised-00000-of-00001.csv", Split.Unsup)]
    [InlineData("ds/test/data.csv", Split.Test)]
    [InlineData("ds/dev/en/data.csv", Split.Validation)]
    [InlineData("unlabeledTrainData.csv", Split.Unsup)]
    [InlineData("labeledTrainData.csv", Split.Train)]
    [InlineData("testData.csv", Split.Test)]
    [InlineData("reviews_VAL.csv", Split.Validation)]
    [InlineData("eval.2.csv", Split.Validation)]
    [InlineData("sst2-test1.csv", Split.Test)]
    [InlineData("train/test.csv", Split.Test)]
    public void A_word_of_a_tables_path_gives_its_split(string path, Split split)
    {
        var (texts, layout) = Read(("x/train.csv", Table), ($"x/{path}", "text,label\nc,0\n"));
        Assert.Equal(split, layout.Groups[texts[2].Group]!.Split);
        Assert.Empty(layout.Notes);
    }

    [Theory]
    [InlineData("latest.csv")]
    [InlineData("contest.csv")]
    [InlineData("trainer.csv")]
    [InlineData("evaluator.csv")]
    [InlineData("train_test.csv")]
    public void A_table_that_is_not_named_after_one_split_is_for_training_and_the_report_says_so(string name)
    {
        var (texts, layout) = Read(("test.csv", Table), (name, "text,label\nc,0\nd,1\n"));
        Assert.Equal(Split.Train, layout.Groups[texts[2].Group]!.Split);
        Assert.Equal([$"{name} is not named after a split: its texts are for training"], layout.Notes);
    }

    [Theory]
    [InlineData("my-test-data/reviews.csv")]
    [InlineData("test/reviews.csv")]
    [InlineData("test_reviews.csv")]
    public void A_word_that_the_whole_archive_is_named_after_gives_no_split(string path)
    {
        var (texts, layout) = Read((path, Table));
        Assert.Equal(Split.Train, layout.Groups[texts[0].Group]!.Split);
    }

    [Fact]
    public void A_split_column_decides_over_the_tables_name()
    {
        var (texts, layout) = Read(("test.csv", "text,label,split\na,0,train\nb,1,train\nc,1,\n"));
        Assert.Equal([Split.Train, Split.Train, Split.Test], texts.Select(text => layout.Groups[text.Group]!.Split));
    }

    [Fact]
    public void The_layout_says_which_tables_and_columns_were_read()
    {
        var (_, layout) = Read(("train-0.csv", "Review,Sentiment\na,0\nb,1\n"), ("train-1.csv", "Review,Sentiment\nc,0\n"), ("test.csv", "id,text,label\n7,d,1\n"));
        Assert.Equal(
            ["train-0.csv 2 3 Train text=Review label=Sentiment", "test.csv 1 1 Test text=text label=label id=id"],
            layout.Tables.Select(tables => $"{tables.First} {tables.Count} {tables.Rows} {tables.Split} {string.Join(' ', tables.Columns.Select(column => $"{column.Key}={column.Value}"))}"));
    }

    [Theory]
    [InlineData("train/pos", "test/pos", "train/neg")]
    [InlineData("train_data/pos", "test_data/pos", "train_data/neg")]
    [InlineData("my-test/Train/pos", "my-test/Test/pos", "my-test/Train/neg")]
    [InlineData("train/en/pos", "test/en/pos", "train/en/neg")]
    public void Folders_give_splits_by_the_same_words(string first, string second, string third)
    {
        var (texts, layout) = Read(($"{first}/1.txt", "a"), ($"{second}/1.txt", "b"), ($"{third}/1.txt", "c"));
        Assert.Equal([Split.Train, Split.Test, Split.Train], texts.Select(text => layout.Groups[text.Group]!.Split));
        Assert.Equal(["neg", "pos"], layout.Labels);
    }

    [Theory]
    [InlineData(".xlsx")]
    [InlineData(".arrow")]
    [InlineData(".PKL")]
    [InlineData(".csv.zip")]
    public void A_table_in_a_format_that_is_not_read_is_refused_by_name(string extension)
    {
        var e = Assert.Throws<InputRejectedException>(() => Read(("train.csv", Table), ($"more{extension}", "x")));
        Assert.Equal("table-unread", e.Rule);
        Assert.Contains($"member more{extension}", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void JSON_that_is_not_a_table_is_left_out_and_the_report_says_so()
    {
        var (texts, layout) = Read(("train.csv", Table), ("dataset_info.json", "{\n  \"features\": {}\n}\n"), ("state.json", "{\"splits\": 1}"));
        Assert.Equal(2, texts.Count);
        Assert.Equal(
            ["dataset_info.json is left out, because it is not a table of texts", "state.json is left out, because it is not a table of texts"], layout.Notes);
    }

    [Theory]
    [InlineData(@"reviews\neg\0.txt", @"reviews\pos\1.txt")]
    [InlineData(@"train\neg\0.txt", @"train\pos\1.txt")]
    [InlineData(@".\neg\0.txt", @"pos\1.txt")]
    public void A_zip_with_backslashes_between_folders_is_read_as_Windows_PowerShell_writes_it(string first, string second)
    {
        var reader = new ArchiveReader(ArchiveFile.Open(folder.Write("x.zip", Pack.Zip((first, "a"), (second, "b")))), ArchiveLimits.Default);
        Assert.Equal(["a", "b"], reader.Read(CancellationToken.None).Select(text => text.Text));
        Assert.Equal(["neg", "pos"], reader.Layout.Labels);
    }

    [Theory]
    [InlineData(@"..\neg\0.txt")]
    [InlineData(@"\neg\0.txt")]
    [InlineData(@"C:\neg\0.txt")]
    public void A_zip_with_backslashes_cannot_leave_its_folder(string name) => Assert.Equal(
        "member-name-unsafe",
        Assert.Throws<InputRejectedException>(() => new ArchiveReader(ArchiveFile.Open(folder.Write("x.zip", Pack.Zip((name, "a")))), ArchiveLimits.Default).Read(CancellationToken.None).Count()).Rule);

    private (List<RawText> Texts, SourceLayout Layout) Read(params (string Name, string Text)[] files)
    {
        var reader = new ArchiveReader(ArchiveFile.Open(folder.Write("x.tar", Pack.Tar(files))), ArchiveLimits.Default);
        var texts = reader.Read(CancellationToken.None).ToList();
        return (texts, reader.Layout);
    }
}
