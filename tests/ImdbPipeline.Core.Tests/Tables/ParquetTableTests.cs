using System.Buffers.Binary;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Tables;
using Parquet;
using Parquet.Schema;

namespace ImdbPipeline.Core.Tests.Tables;

public sealed class ParquetTableTests
{
    private static readonly DataField Text = new("text", typeof(string), isNullable: true);
    private static readonly DataField Label = new("label", typeof(long), isNullable: true);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rows_of_all_row_groups_are_read_with_nulls()
    {
        var file = await WriteAsync(null, (["a", null], [1, 0]), (["c"], [null]));
        Assert.Equal([(1, "a", "1"), (2, null, "0"), (3, "c", null)], Read(file).Select(row => (row.Number, row[TableColumn.Text], row[TableColumn.Label])));
    }

    [Fact]
    public async Task Class_labels_of_Hugging_Face_datasets_have_their_names_and_minus_one_is_no_label()
    {
        var file = await WriteAsync(
            """{"info": {"features": {"text": {"dtype": "string", "_type": "Value"}, "label": {"names": ["neg", "pos"], "_type": "ClassLabel"}}}}""", (["a", "b", "c"], [1, 0, -1]));
        Assert.Equal(["pos", "neg", null], Read(file).Select(row => row[TableColumn.Label]));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("no JSON")]
    [InlineData("""{"info": {"features": {"label": {"names": [1, 2]}}}}""")]
    public async Task Other_metadata_leaves_numbers_as_labels(string metadata) =>
        Assert.Equal(["1"], Read(await WriteAsync(metadata, (["a"], [1]))).Select(row => row[TableColumn.Label]));

    [Fact]
    public async Task A_damaged_file_is_an_error_wherever_the_damage_is()
    {
        var file = await WriteAsync(null, ([.. Enumerable.Range(0, 200).Select(i => $"text {i}")], [.. Enumerable.Range(0, 200).Select(i => (long?)(i % 2))]));
        for (var length = 0; length < file.Length; length += 97)
            Assert.Equal(ErrorRules.ParquetInvalid, Read(file[..length])[^1].Error!.Rule);
        var random = new Random(1);
        for (var trial = 0; trial < 300; trial++)
        {
            var damaged = file.ToArray();
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            // Parquet has no checksums that everyone writes: a changed letter goes unnoticed, but nothing else may happen.
            Assert.All(Read(damaged), row => Assert.True(row.Error is null || row.Error.Rule == ErrorRules.ParquetInvalid || row.Error.Rule == ErrorRules.TextNotUtf8));
        }
    }

    [Fact]
    public async Task Lists_as_texts_are_an_error()
    {
        var element = new DataField("element", typeof(string), isNullable: false);
        var stream = new MemoryStream();
        await using (var writer = await ParquetWriter.CreateAsync(new ParquetSchema(new ListField("text", element)), stream, cancellationToken: Cancellation))
        {
            using var group = writer.CreateRowGroup();
            await group.WriteAllPartsAsync<ReadOnlyMemory<char>>(element, new[] { "a".AsMemory() }, new[] { element.MaxDefinitionLevel }, new[] { 0 }, Cancellation);
        }
        Assert.Contains("a text column of plain values", Read(stream.ToArray())[^1].Error!.Expected, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metadata_that_is_cut_off_anywhere_is_rejected_instead_of_being_read_for_ever()
    {
        var file = await WriteAsync(null, (["good", "bad"], [1, 0]));
        var length = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(file.Length - 8));
        for (var cut = 1; cut <= length; cut++)
        {
            byte[] damaged = [.. file[..^(8 + cut)], .. file[^8..]];
            BinaryPrimitives.WriteInt32LittleEndian(damaged.AsSpan(damaged.Length - 8), length - cut);
            Assert.Equal("parquet-invalid", Assert.Single(Read(damaged)).Error?.Rule.Id);
        }
    }

    internal static async Task<byte[]> WriteAsync(string? metadata, params (string?[] Texts, long?[] Labels)[] groups)
    {
        var stream = new MemoryStream();
        await using (var writer = await ParquetWriter.CreateAsync(new ParquetSchema(Text, Label), stream, cancellationToken: Cancellation))
        {
            if (metadata is not null)
                writer.CustomMetadata = new Dictionary<string, string> { ["huggingface"] = metadata };
            foreach (var (texts, labels) in groups)
            {
                using var group = writer.CreateRowGroup();
                await group.WriteAsync(Text, texts!);
                await group.WriteAsync<long>(Label, labels, cancellationToken: Cancellation);
            }
        }
        return stream.ToArray();
    }

    private static List<TableRow> Read(byte[] file) =>
        [.. ParquetTable.Read(new MemoryStream(file), new TableOptions(1 << 20, ColumnChoice.None)).Where(row => row.Number > 0 || row.Error is not null)];
}
