using ImdbPipeline.Cli.Foundation;
using ImdbPipeline.Cli.Outputs;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Cli.Tests.Outputs;

public sealed class OutputFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_input_is_refused_as_output_even_through_a_link()
    {
        var input = folder.Write("texts.csv", "text\ngood\n");
        File.CreateSymbolicLink(folder["link.csv"], input);

        foreach (var output in (string[])[input, folder["../" + Path.GetFileName(folder.Path) + "/texts.csv"], folder["link.csv"]])
            Assert.Contains("found the input itself", Refuse(output, input), StringComparison.Ordinal);

        Assert.Equal("text\ngood\n", File.ReadAllText(input));
    }

    [Theory]
    [InlineData("labelled.csv", "text,label\ngood,pos\n")]
    [InlineData("rated.csv", "text,score\ngood,5\n")]
    [InlineData("texts.jsonl", """{"text": "good", "label": "pos"}""")]
    [InlineData("notes.jsonl", "my notes")]
    [InlineData("picture.csv", "\u0089PNG\r\n\u001a\n")]
    public void A_file_that_is_not_a_file_of_scores_is_never_replaced(string name, string content)
    {
        var path = folder.Write(name, content);

        Assert.Contains("expected a new file, or a file of scores, which is replaced, found another file", Refuse(path), StringComparison.Ordinal);
        Assert.Equal(content, File.ReadAllText(path));
        Assert.Equal([name], Names());
    }

    [Theory]
    [InlineData("old.csv", "text,label,score,neg,pos,error\ngood,pos,0.9,0.1,0.9,\n")]
    [InlineData("labelled.tsv", "text\tlabel\tpredicted_label\tscore\tneg\tpos\terror\n")]
    [InlineData("old.jsonl", """{"row":1,"id":null,"label":"pos","score":0.9}""")]
    [InlineData("bad.jsonl", """{"row":1,"id":null,"error":"expected a text, found none"}""")]
    [InlineData("empty.csv", "")]
    public void A_file_of_scores_is_replaced_as_a_whole_when_the_work_is_done(string name, string content)
    {
        var path = folder.Write(name, content);
        using (var output = Open(path))
        {
            output.Writer.Write("new");
            Assert.Equal(content, File.ReadAllText(path));
            output.Commit();
        }

        Assert.Equal("new", File.ReadAllText(path));
        Assert.Equal([name], Names());
    }

    [Fact]
    public void Without_a_commit_nothing_is_left()
    {
        using (var output = Open(folder["new.csv"]))
            output.Writer.Write("half");

        Assert.Empty(Names());
    }

    [Fact]
    public void A_folder_or_a_file_in_a_missing_folder_is_refused()
    {
        Directory.CreateDirectory(folder["results.csv"]);

        Assert.Contains("expected a file, found a folder", Refuse(folder["results.csv"]), StringComparison.Ordinal);
        Assert.Contains("expected a file in an existing folder, found no folder", Refuse(folder["none/results.csv"]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_full_disk_is_noticed_before_the_work_begins()
    {
        var failure = Assert.Throws<CommandFailedException>(() => OutputFile.RequireSpace("scores.csv", bytes: 50_000_000, available: 40_000_000));
        Assert.Equal("--output scores.csv: expected about 51.0 MB of free disk space, found 40.0 MB. Free some space, or choose another disk.", failure.Message);

        OutputFile.RequireSpace("scores.csv", bytes: 50_000_000, available: 60_000_000);
    }

    [Fact]
    public void An_ending_that_names_no_format_is_refused() =>
        Assert.Equal(
            "--output scores.xlsx: expected a file ending in .jsonl, .csv or .tsv, found another. Rename the file.", Assert.Throws<CommandFailedException>(() => ScoreFormat.Of("scores.xlsx")).Message);

    private static OutputFile Open(string path) => OutputFile.Open(path, input: null, bytes: 0, ScoreFormat.Of(path).IsWrittenAs, ScoreFormat.Kind);

    private static string Refuse(string path, string? input = null) =>
        Assert.Throws<CommandFailedException>(() => OutputFile.Open(path, input, bytes: 0, file => ScoreFormat.Of(file).IsWrittenAs(file), ScoreFormat.Kind)).Message;

    private IEnumerable<string?> Names() => Directory.EnumerateFileSystemEntries(folder.Path).Select(Path.GetFileName);
}
