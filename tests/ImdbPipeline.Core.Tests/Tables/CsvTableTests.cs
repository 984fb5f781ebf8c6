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

    private static List<TableRow> Read(string csv) => [.. CsvTable.Read(new MemoryStream(Encoding.UTF8.GetBytes(csv)), 1 << 20).Where(row => row.Number > 0)];
}
