using System.Text;
using ImdbPipeline.Core.Tables;

namespace ImdbPipeline.Core.Tests.Tables;

public sealed class CsvTableTests
{
    [Theory]
    [InlineData("\0")]
    [InlineData("#")]
    [InlineData("\uD83D\uDE00")]
    [InlineData("\uFFFF")]
    public void No_first_character_makes_a_row_a_comment(string first)
    {
        var rows = Read($"id,text\n1,a\n{first}2,b\n3,c\n");
        Assert.Equal([("1", "a"), ($"{first}2", "b"), ("3", "c")], rows.Select(row => (row[TableColumn.Id]!, row[TableColumn.Text]!)));
    }

    [Theory]
    [InlineData("text,label\na,x\n\n\nb,y\n\n\"c\" d,x\n")]
    [InlineData("text,label\na,x\n\n\nb,y\n\n\"c d,x\n")]
    [InlineData("text,label\na,x\n\n\nb,y\n\nc,x,z\n")]
    public void An_error_names_its_row_without_counting_blank_lines(string csv) =>
        Assert.Equal("row 3", Assert.Single(Read(csv), row => row.Error is not null).Error!.Place);

    [Theory]
    [InlineData("\"c\" d,x\nnext,y\n")]
    [InlineData("\"c, d\ncontinued\"x,x\nnext,y\n")]
    [InlineData("c,x,z\nnext,y\n")]
    [InlineData("\"c d,x\nnext,y\n")]
    public void A_damaged_row_is_the_only_one_that_is_lost(string damaged)
    {
        var rows = Read("text,label\na,x\n" + damaged);
        Assert.Equal([false, true, false], rows.Select(row => row.Error is not null));
        Assert.Equal(["a", "next"], rows.Where(row => row.Error is null).Select(row => row[TableColumn.Text]));
    }

    [Theory]
    [InlineData("\"She said \\\"wow\\\", then left.\",1", "She said \"wow\", then left.")]
    [InlineData("\"\\\"Wow\\\"\",1", "\"Wow\"")]
    [InlineData("\"It ends with \\\"wow\\\"\",1", "It ends with \"wow\"")]
    [InlineData("\"a, \\\"b\\\"\nc\",1", "a, \"b\"\nc")]
    [InlineData("\"a \\\\ \\\"b\\\"\",1", "a \\ \"b\"")]
    public void Quotes_escaped_by_backslashes_are_read_as_Spark_writes_them(string row, string text)
    {
        var rows = Read($"text,label\nplain,0\n{row}\nlast,0\n\"later \\\"too\\\"\",1\n");
        Assert.Equal(["plain", text, "last", "later \"too\""], rows.Select(each => each[TableColumn.Text]));
        Assert.All(rows, each => Assert.Null(each.Error));
    }

    [Fact]
    public void A_backslash_at_the_end_of_a_quoted_text_is_a_backslash_and_then_quotes_are_doubled()
    {
        var rows = Read("text,label\n\"C:\\\",0\n\"a \\\"b\\\"\",1\n\"a \"\"b\"\"\",1\n");
        Assert.Equal(["C:\\", null, "a \"b\""], rows.Select(row => row[TableColumn.Text]));
        Assert.Equal([false, true, false], rows.Select(row => row.Error is not null));
    }

    [Fact]
    public void Cells_missing_at_the_end_of_a_row_are_empty()
    {
        var rows = Read("id,text,label,notes\n1,a,x\n2,b,y,\n3,c\n4,d,x,n,,\n");
        Assert.Equal([("1", "a", "x"), ("2", "b", "y"), ("3", "c", ""), ("4", "d", "x")], rows.Select(row => (row[TableColumn.Id]!, row[TableColumn.Text]!, row[TableColumn.Label]!)));
        Assert.All(rows, row => Assert.Null(row.Error));
    }

    [Fact]
    public void The_id_of_a_damaged_row_is_kept_if_it_comes_before_the_text()
    {
        Assert.Equal("7", Assert.Single(Read("id,text\n7,a, b\n"))[TableColumn.Id]);
        Assert.Equal("8", Assert.Single(Read("id,text\n8,\"a\" b\n"))[TableColumn.Id]);
        Assert.Null(Assert.Single(Read("text,id\na, b,9\n"))[TableColumn.Id]);
    }

    [Theory]
    [InlineData("text\na, b\n", "a, b")]
    [InlineData("text\n\"a, b\"\n", "a, b")]
    [InlineData("sep=;\ntext;label\na, b;1\n", "a, b")]
    [InlineData("\n\ntext|label\na, b|1\n", "a, b")]
    [InlineData("text\tlabel\r\na, b\t1\r\n", "a, b")]
    [InlineData("text;label\ra, b;1\r", "a, b")]
    [InlineData("\"text, all of it\",text;label\n", null)]
    public void The_separator_is_found_in_the_header(string csv, string? text) => Assert.Equal(text, Read(csv).SingleOrDefault()?[TableColumn.Text]);

    [Theory]
    [InlineData("text\tlabel\n\"Good\" film\t1\n5\" too long\t0\n", "\"Good\" film|5\" too long")]
    [InlineData("text\tlabel\n\"Open quote\t1\n\"another\t0\n", "\"Open quote|\"another")]
    [InlineData("text\tlabel\n\"Open quote\t1\nwas 5\"\t0\n", "\"Open quote|was 5\"")]
    [InlineData("text\tlabel\n\"quoted \\\"escaped\\\"\"\t1\n\"doubled \"\"quotes\"\"\"\t0\n", "quoted \"escaped\"|doubled \"quotes\"")]
    [InlineData("label\ttext\n1\t\"two\nlines\"\n0\tone\n", "two\nlines|one")]
    public void Quotes_that_do_not_fit_are_part_of_a_tab_separated_text(string tsv, string texts)
    {
        var rows = CsvTable.ReadTabs(Stream(tsv), new TableOptions(1 << 20, ColumnChoice.None)).Where(row => row.Number > 0).ToList();
        Assert.Equal(texts.Split('|'), rows.Select(row => row[TableColumn.Text]));
        Assert.All(rows, row => Assert.Null(row.Error));
    }

    [Theory]
    [InlineData("0,a,b\n1,c,d\n", "2", "1", "a|c")]
    [InlineData("0\ta, b, c\n1\td\n", "2", "1", "a, b, c|d")]
    [InlineData("\"1\",\"a, b\"\n", "2", "1", "a, b")]
    [InlineData("2,1\na,b\n", "2", "1", "a")]
    [InlineData("label,text\n0,a\n1,b\n", "2", "1", "a|b")]
    public void Columns_can_be_chosen_by_position_in_a_table_without_a_header(string csv, string text, string label, string texts) =>
        Assert.Equal(texts.Split('|'), Read(csv, new ColumnChoice(text, label)).Select(row => row[TableColumn.Text]));

    [Fact]
    public void Columns_can_be_chosen_by_name()
    {
        var row = Assert.Single(Read("text,words,score,id,key\na,b,5,6,7\n", new ColumnChoice("WORDS ", "score", "key")));
        Assert.Equal(("b", "5", "7", null), (row[TableColumn.Text], row[TableColumn.Label], row[TableColumn.Id], row[TableColumn.Rating]));
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("9")]
    public void A_chosen_column_that_is_not_there_is_an_error(string column)
    {
        var rows = CsvTable.Read(Stream("text,label\na,b\n"), new TableOptions(1 << 20, new ColumnChoice(Label: column))).ToList();
        Assert.Contains($"the label column '{column}'", rows[0].Columns.Unknown!.Expected, StringComparison.Ordinal);
    }

    private static List<TableRow> Read(string csv, ColumnChoice? columns = null) =>
        [.. CsvTable.Read(Stream(csv), new TableOptions(1 << 20, columns ?? ColumnChoice.None)).Where(row => row.Number > 0)];

    private static MemoryStream Stream(string text) => new(Encoding.UTF8.GetBytes(text));
}
