using System.Text;
using ImdbPipeline.Cli.Outputs;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Tables;

namespace ImdbPipeline.Cli.Tests.Outputs;

public sealed class ScoreTableTests
{
    private static readonly string[] Labels = ["neg", "pos"];

    [Fact]
    public void A_table_keeps_the_original_columns_and_adds_label_scores_and_errors() =>
        Assert.Equal(
            """
            when,text,label,score,neg,pos,error
            May,"good, ""really""
            good",pos,0.75,0.25,0.75,
            June,,,,,,"expected a text, found an empty one"
            July,bad,pos,0.75,0.25,0.75,

            """,
            Write("texts.csv", "when,text\nMay,\"good, \"\"really\"\"\ngood\"\nJune,\nJuly,bad\n").Table);

    [Fact]
    public void Names_that_the_table_has_already_get_a_prefix() =>
        Assert.Equal("text\tlabel\tpos\tpredicted_label\tscore\tneg\tpredicted_pos\terror\ngood\tneg\t1\tpos\t0.75\t0.25\t0.75\t\n", Write("texts.tsv", "text\tlabel\tpos\ngood\tneg\t1\n", "\t").Table);

    [Fact]
    public void Rows_of_JSON_lines_get_the_columns_of_the_first_row_that_can_be_read()
    {
        var (table, notes) = Write("texts.jsonl", "{\n{\"id\": 7, \"text\": \"good\"}\n{\"text\": \"bad\", \"id\": 8, \"stars\": 5}\n");

        Assert.Equal(["id,text,label,score,neg,pos,error", ",,,,,,\"expected JSON, found a syntax error at byte 1 of the line\"", "7,good,pos,0.75,0.25,0.75,", "8,bad,pos,0.75,0.25,0.75,"], Lines(table));
        Assert.Equal(["Left out because the first row does not have them: the columns stars."], notes);
    }

    [Fact]
    public void A_file_of_plain_lines_becomes_a_table_with_one_text_column() =>
        Assert.Equal("text,label,score,neg,pos,error\ngood,pos,0.75,0.25,0.75,\n", Write("texts.txt", "good\n").Table);

    [Fact]
    public void Without_a_header_the_columns_are_numbered() =>
        Assert.Equal("1,2,label,score,neg,pos,error\nMay,good,pos,0.75,0.25,0.75,\n", Write("texts.csv", "May,good\n", columns: new ColumnChoice(Text: "2")).Table);

    [Fact]
    public void Scores_without_their_source_have_row_and_id()
    {
        using var writer = new StringWriter();
        using (var table = new ScoreFormat(",").CreateWriter(writer, Labels))
        {
            table.Write(new ScoredRow(null, Record(new IncomingRow(1, "a", "good", null))));
            Assert.Empty(table.Finish());
        }

        Assert.Equal("row,id,label,score,neg,pos,error\n1,a,pos,0.75,0.25,0.75,\n", writer.ToString());
    }

    [Fact]
    public void A_table_of_scores_can_be_scored_again()
    {
        var (first, _) = Write("texts.csv", "text\ngood\n");

        Assert.Equal(
            ["text,label,score,neg,pos,error,predicted_label,predicted_score,predicted_neg,predicted_pos,predicted_error", "good,pos,0.75,0.25,0.75,,pos,0.75,0.25,0.75,"], Lines(Write("again.csv", first).Table));
    }

    private static (string Table, IReadOnlyList<string> Notes) Write(string name, string content, string delimiter = ",", ColumnChoice? columns = null)
    {
        using var writer = new StringWriter();
        using var table = new ScoreFormat(delimiter).CreateWriter(writer, Labels);
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(content));
        foreach (var row in IncomingRows.ReadOriginal(stream, name, IncomingFormat.Of(name), new ScoringLimits(), columns ?? ColumnChoice.None))
            table.Write(new ScoredRow(row, Record(row.Row)));
        return (table.Finish() is var notes ? writer.ToString() : "", notes);
    }

    private static ScoreRecord Record(IncomingRow row) => row.Error is { } error
        ? ScoreRecord.Bad(row.Row, row.Id, error)
        : ScoreRecord.Of(row.Row, row.Id, "m1", new Prediction("pos", 0.75f, [0.25f, 0.75f], [0, 1], Truncated: false, Unknown: false));

    private static string[] Lines(string text) => text.TrimEnd('\n').Split('\n');
}
