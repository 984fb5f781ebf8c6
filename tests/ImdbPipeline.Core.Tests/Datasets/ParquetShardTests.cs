using ImdbPipeline.Core.Datasets;

namespace ImdbPipeline.Core.Tests.Datasets;

public sealed class ParquetShardTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static readonly PreparedText[] Rows =
    [
        new("train/pos/0_9.txt", "good", 1, 9, "tt0453418", Split.Train, [2, 77, 3]),
        new("train/neg/1_1.txt", "héllo \"quoted\"\n👍", 0, null, null, Split.Train, [2, 3]),
        new("3", "", null, null, "a film", Split.Unsup, [2]),
        new("4", new string('x', 100_000), null, 1, null, Split.Test, [.. Enumerable.Range(0, 5000)]),
    ];

    [Fact]
    public async Task Rows_are_read_back_as_written()
    {
        var read = await ParquetShard.ReadAsync((await ParquetShard.WriteAsync(Rows, Cancellation)).ToArray(), "x", Cancellation);
        Assert.Equal(Rows, read, WithoutTokenIds());
        Assert.Equal(Rows.Select(row => row.TokenIds), read.Select(row => row.TokenIds));

        static IEqualityComparer<PreparedText> WithoutTokenIds() => EqualityComparer<PreparedText>.Create(
            (one, other) => (one!.Id, one.Text, one.Label, one.Rating, one.Movie, one.Split) == (other!.Id, other.Text, other.Label, other.Rating, other.Movie, other.Split));
    }

    [Fact]
    public async Task Columns_with_only_nulls_are_read_back()
    {
        PreparedText[] rows = [new("1", "a", null, null, null, Split.Unsup, [2, 3]), new("2", "b", null, null, null, Split.Unsup, [2, 3])];
        var read = await ParquetShard.ReadAsync((await ParquetShard.WriteAsync(rows, Cancellation)).ToArray(), "x", Cancellation);
        Assert.All(read, row => Assert.Equal((null, null, null), (row.Label, row.Rating, row.Movie)));
    }

    [Fact]
    public async Task Equal_rows_give_identical_files()
    {
        var (one, other) = (await ParquetShard.WriteAsync(Rows, Cancellation), await ParquetShard.WriteAsync(Rows, Cancellation));
        Assert.True(one.Span.SequenceEqual(other.Span));
    }
}
