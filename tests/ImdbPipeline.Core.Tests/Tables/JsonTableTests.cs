using System.Text;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Tables;

namespace ImdbPipeline.Core.Tests.Tables;

public sealed class JsonTableTests
{
    [Theory]
    [InlineData("[{\"text\":\"a\",\"label\":1},{\"text\":\"b\",\"label\":2}]")]
    [InlineData(" \n[ {\"text\":\"a\",\"label\":1} ,\n\n {\"label\":2,\"text\":\"b\"}\n]\n ")]
    [InlineData("{\"text\":\"a\",\"label\":1}\n{\"text\":\"b\",\"label\":2}\n")]
    public void An_array_and_lines_of_objects_are_read(string json) =>
        Assert.Equal([("a", "1"), ("b", "2")], Read(json).Select(row => (row[TableColumn.Text]!, row[TableColumn.Label]!)));

    [Fact]
    public void Values_larger_than_the_buffer_are_read()
    {
        var texts = Enumerable.Range(0, 20).Select(i => new string((char)('a' + i), 30_000)).ToList();
        Assert.Equal(texts, Read($"[{string.Join(",", texts.Select(text => $"{{\"text\":\"{text}\"}}"))}]").Select(row => row[TableColumn.Text]));
    }

    [Theory]
    [InlineData("[{\"text\":\"a\"},{\"text\":b}]", "incoming-json")]
    [InlineData("[{\"text\":\"a\"}", "incoming-json")]
    [InlineData("[{\"text\":\"a\"}] x", "incoming-json")]
    [InlineData("[{\"text\":\"a\"} {\"text\":\"b\"}]", "incoming-json")]
    public void A_mistake_in_an_array_ends_the_table(string json, string rule)
    {
        var rows = Read(json);
        Assert.Equal("a", rows[0][TableColumn.Text]);
        Assert.Equal(rule, rows[^1].Error!.IncomingRule!.Id);
        Assert.Equal(2, rows.Count);
    }

    [Fact]
    public void A_value_over_the_limit_ends_the_table() =>
        Assert.Equal(ErrorRules.IncomingRowSize, Read($"[{{\"text\":\"{new string('x', 3 << 20)}\"}}]")[0].Error!.IncomingRule);

    [Theory]
    [InlineData("{\"id\":\"1\",\"text\":bad}", "1")]
    [InlineData("{\"id\":7,\"text\":NaN}", "7")]
    [InlineData("{\"id\":7,\"text\":5}", "7")]
    [InlineData("{\"id\":7,\"text\":\"\\ud800\"}", "7")]
    [InlineData("{\"tags\":[\"id\",2],\"id\":\"x\",\"text\":[]}", "x")]
    [InlineData("{\"text\":bad,\"id\":\"1\"}", null)]
    public void The_id_of_a_damaged_row_is_kept_if_it_can_be_read(string line, string? id)
    {
        var row = Assert.Single(Read(line));
        Assert.NotNull(row.Error);
        Assert.Equal(id, row[TableColumn.Id]);
    }

    [Fact]
    public void The_id_of_a_MongoDB_export_is_read() =>
        Assert.Equal("507f1f77bcf86cd799439011", Assert.Single(Read("{\"_id\":{\"$oid\":\"507f1f77bcf86cd799439011\"},\"text\":\"a\"}"))[TableColumn.Id]);

    [Theory]
    [InlineData("[1,0]")]
    [InlineData("{\"a\":1}")]
    public void A_list_or_an_object_as_a_label_is_an_error_of_the_label(string label)
    {
        var row = Assert.Single(Read($"{{\"text\":\"a\",\"label\":{label}}}"));
        Assert.Null(row.Error);
        Assert.NotNull(row.LabelError);
    }

    private static List<TableRow> Read(string json) =>
        [.. JsonTable.Read(new MemoryStream(Encoding.UTF8.GetBytes(json)), new TableOptions(1 << 20, ColumnChoice.None)).Where(row => row.Number > 0)];
}
