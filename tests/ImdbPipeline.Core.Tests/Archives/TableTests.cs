using ImdbPipeline.Core.Archives;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Core.Tests.Archives;

public sealed class TableTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private (List<RawText> Reviews, SourceLayout Layout) Read(string name, byte[] content, ArchiveLimits? limits = null)
    {
        var reader = new ArchiveReader(ArchiveFile.Open(folder.Write(name, content)), limits ?? ArchiveLimits.Default);
        var reviews = reader.Read(CancellationToken.None).ToList();
        return (reviews, reader.Layout);
    }

    private string Rule(string name, string content, ArchiveLimits? limits = null) =>
        Assert.Throws<InputRejectedException>(() => Read(name, Pack.Utf8(content), limits)).Rule;

    [Fact]
    public void Quotes_separators_line_breaks_and_number_signs_are_kept_in_texts()
    {
        var (reviews, layout) = Read("x.csv", Pack.Utf8("text,label\n\"a, \"\"b\"\"\nc\",pos\n#1 film,neg\n\nit's 5\" long,pos\n"));
        Assert.Equal(["a, \"b\"\nc", "#1 film", "it's 5\" long"], reviews.Select(review => review.Text));
        Assert.Equal(["1", "2", "3"], reviews.Select(layout.IdOf));
        Assert.Equal(["neg", "pos"], layout.Labels);
        Assert.Equal([1, 0, 1], reviews.Select(review => layout.Groups[review.Group]!.Label!.Value));
    }

    [Theory]
    [InlineData("review,sentiment\na,x\nb,y\n")]
    [InlineData("ID;Target;Sentence\n7;x;a\n8;y;b\n")]
    [InlineData("content\tclass\na\tx\nb\ty\n")]
    [InlineData(",Text , LABEL\n0,a,x\n1,b,y\n")]
    public void Common_column_names_and_separators_are_recognized(string csv)
    {
        var (reviews, layout) = Read("x.csv", Pack.Utf8(csv));
        Assert.Equal(["a", "b"], reviews.Select(review => review.Text));
        Assert.Equal(["x", "y"], layout.Labels);
    }

    [Theory]
    [InlineData("x.csv", "text,text,label\na,b,pos\nc,d,neg\n", "expected one text column, found 2 columns named 'text'.")]
    [InlineData("x.csv", "text,label,Label\na,pos,neg\nc,neg,pos\n", "expected one label column, found 2 columns named 'label'.")]
    [InlineData("x.csv", "id,text,label,ID\n1,a,pos,2\n3,c,neg,4\n", "expected one id column, found 2 columns named 'id'.")]
    public void Of_columns_with_the_same_name_none_is_chosen_silently(string name, string content, string error) =>
        Assert.Contains(error, Assert.Throws<InputRejectedException>(() => Read(name, Pack.Utf8(content))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_JSON_row_that_has_a_key_twice_is_left_out()
    {
        var rows = string.Concat(Enumerable.Range(0, 200).Select(i => $$"""{"text": "text {{i}}", "label": {{i % 2}}}{{"\n"}}"""));
        var (reviews, layout) = Read("x.jsonl", Pack.Utf8(rows + """{"text": "one", "text": "other", "label": 1}""" + "\n"));
        Assert.Equal(200, reviews.Count);
        Assert.Contains("2 columns named 'text'", string.Join(' ', layout.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Columns_with_the_same_name_that_are_not_read_do_no_harm() =>
        Assert.Equal(2, Read("x.csv", Pack.Utf8("text,label,other,other\na,pos,1,2\nc,neg,3,4\n")).Reviews.Count);

    [Fact]
    public void Splits_ratings_movies_and_missing_labels_are_read()
    {
        var (reviews, layout) = Read("x.jsonl", Pack.Utf8("""
            {"id": "a1", "review": "one", "sentiment": 10, "split": "train", "rating": 7, "movie": "tt0000001"}
            {"id": "a2", "review": "two", "sentiment": 2, "split": "dev", "rating": 11}
            {"id": "a3", "review": "three", "sentiment": null, "split": "train"}
            {"id": "a4", "review": "four", "sentiment": 2, "split": "test"}
            {"id": "a5", "review": "five", "sentiment": 2, "split": "train"}
            """));
        Assert.Equal(["2", "10"], layout.Labels);
        Assert.Equal([Split.Train, Split.Validation, Split.Unsup, Split.Test, Split.Train], reviews.Select(review => layout.Groups[review.Group]!.Split));
        Assert.Equal([7, null, null, null, null], reviews.Select(review => review.Rating));
        Assert.Equal("tt0000001", reviews[0].Movie);
        Assert.Equal(["a1", "a2", "a3", "a4", "a5"], reviews.Select(layout.IdOf));
    }

    [Fact]
    public void A_plain_string_in_JSONL_is_an_unlabelled_text()
    {
        var (reviews, layout) = Read("x.jsonl", Pack.Utf8("{\"text\":\"a\",\"label\":1}\n{\"text\":\"b\",\"label\":2}\n\"c\"\n"));
        Assert.Equal("c", reviews[2].Text);
        Assert.Equal(Split.Unsup, layout.Groups[reviews[2].Group]!.Split);
    }

    [Fact]
    public void Table_names_in_an_archive_determine_the_split()
    {
        var (reviews, layout) = Read("x.zip", Pack.Zip(("data/train.csv", "text,label\na,0\nb,1\n"), ("data/test.jsonl", "{\"text\":\"c\",\"label\":1}")));
        Assert.Equal(["data/train.csv:1", "data/train.csv:2", "data/test.jsonl:1"], reviews.Select(layout.IdOf));
        Assert.Equal(Split.Test, layout.Groups[reviews[2].Group]!.Split);
    }

    [Theory]
    [InlineData("csv-quotes", "text,label\n\"open,pos\nb,neg\n")]
    [InlineData("csv-quotes", "text,label\n\"closed\"early,pos\n")]
    [InlineData("csv-columns", "text,label\na,pos,more\n")]
    [InlineData("table-columns", "words,label\na,pos\n")]
    [InlineData("table-columns", "text,points\na,3\n")]
    [InlineData("table-columns", "no header at all\n")]
    [InlineData("labels-too-few", "text,label\na,pos\nb,pos\n")]
    [InlineData("labels-too-few", "text,label\na,\nb,\n")]
    [InlineData("labels-too-few", "text,label,split\na,pos,test\nb,neg,test\nc,pos,train\n")]
    [InlineData("split-unknown", "text,label,split\na,pos,somewhere\n")]
    [InlineData("row-id-duplicate", "id,text,label\n1,a,pos\n1,b,neg\n")]
    public void Invalid_tables_are_rejected(string rule, string csv) => Assert.Equal(rule, Rule("x.csv", csv));

    [Theory]
    [InlineData("jsonl-row", "{\"text\":\"a\",\"label\":1}\n{\"text\":\n")]
    [InlineData("jsonl-row", "[1]\n")]
    [InlineData("jsonl-row", "{\"text\":5,\"label\":1}\n")]
    [InlineData("table-columns", "\"a plain string\"\n")]
    [InlineData("jsonl-row", "{\"text\":\"\\ud800\",\"label\":1}\n")]
    [InlineData("table-columns", "{\"words\":\"a\",\"label\":1}\n")]
    [InlineData("row-without-text", "{\"text\":\"a\",\"label\":1}\n{\"label\":1}\n")]
    public void Invalid_JSONL_is_rejected(string rule, string jsonl) => Assert.Equal(rule, Rule("x.jsonl", jsonl));

    [Fact]
    public void Too_many_distinct_labels_are_rejected() => Assert.Equal(
        "labels-too-many", Rule("x.csv", "text,label\n" + string.Concat(Enumerable.Range(0, 5).Select(i => $"a,{i}\n")), new ArchiveLimits { MaxLabels = 4 }));

    [Theory]
    [InlineData("x.csv.gz", "text,label\n")]
    [InlineData("x.csv.gz", "text,label\n\"")]
    [InlineData("x.jsonl.gz", "{\"text\":\"")]
    public void A_100_MB_line_is_rejected_without_buffering_it(string name, string head)
    {
        var line = new byte[100 << 20];
        Array.Fill(line, (byte)'x');
        Pack.Utf8(head).CopyTo(line, 0);
        var path = folder.Write(name, Pack.Gzip(line));
        line = null;
        var before = GC.GetAllocatedBytesForCurrentThread();
        var e = Assert.Throws<InputRejectedException>(() => new ArchiveReader(ArchiveFile.Open(path), new ArchiveLimits { MaxRatio = 10_000 }).Read(CancellationToken.None).Count());
        Assert.Equal("row-too-long", e.Rule);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 60 << 20);
    }
}
