using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.Encoders;
using TorchSharp;

namespace ImdbPipeline.Learning.Tests.Encoders;

public sealed class TokenBatchTests
{
    [Fact]
    public void Rows_are_concatenated_by_length_and_indexed_in_input_order()
    {
        using var scope = torch.NewDisposeScope();

        var batch = TokenBatch.Of([[2, 8, 3], [2, 3], [2, 9, 10, 3], [2, 11, 3]], null, torch.CPU);

        Assert.Equal([2, 3, 2, 8, 3, 2, 11, 3, 2, 9, 10, 3], Values(batch.Ids));
        Assert.Equal([0, 1, 0, 1, 2, 0, 1, 2, 0, 1, 2, 3], Values(batch.Positions));
        Assert.Equal([1, 0, 2, 1, 0, 2, 1, 0, 3, 2, 1, 0], Values(batch.Remaining));
        Assert.Equal([new EqualRows(1, 2), new EqualRows(2, 3), new EqualRows(1, 4)], batch.Groups);
        Assert.Equal([0, 2, 5, 8], Values(batch.Starts));
        Assert.Equal([1, 0, 3, 2], Values(batch.Ranks));
        Assert.Equal([2, 0, 8, 5], batch.Offsets);
        Assert.Null(batch.RowsPerText);
    }

    [Fact]
    public void Each_fraction_becomes_a_row()
    {
        using var scope = torch.NewDisposeScope();

        var batch = TokenBatch.Of([[2, 8, 3], [2, 9, 10, 11, 12, 13, 3]], new Fractions(FractionPooling.Mean, 4), torch.CPU);

        Assert.Equal([2, 8, 3, 2, 13, 3, 2, 9, 10, 3, 2, 11, 12, 3], Values(batch.Ids));
        Assert.Equal([0, 6, 10, 3], batch.Offsets);
        Assert.Equal([1, 3], batch.RowsPerText);
    }

    private static long[] Values(torch.Tensor tensor) => tensor.data<long>().ToArray();
}
