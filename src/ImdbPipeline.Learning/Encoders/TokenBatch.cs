using ImdbPipeline.Core.Tokenizing;
using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Encoders;

/// <summary>
/// Rows of token ids laid end to end without padding, rows of equal length side by side, so that attention needs no mask:
/// each group of equal rows is one dense <c>[count, length]</c> block.
/// </summary>
/// <param name="Ids">int64 <c>[tokens]</c>.</param>
/// <param name="Positions">int64 <c>[tokens]</c>: each token's place in its row.</param>
/// <param name="Remaining">int64 <c>[tokens]</c>: how many tokens of its row follow each token.</param>
/// <param name="Groups">The blocks, in their order.</param>
/// <param name="Starts">int64 <c>[rows]</c>: where each row begins, in the blocks' order.</param>
/// <param name="Ranks">int64 <c>[rows]</c>: for each row as given, which of <paramref name="Starts"/> is its own.</param>
/// <param name="Offsets">For each row as given, where it begins.</param>
/// <param name="Filler">How many tokens at the end belong to no row: they are there so that few different sizes of batches occur.</param>
/// <param name="RowsPerReview">Rows of each review, in the order given; null where each review is one row.</param>
public sealed record TokenBatch(
    Tensor Ids, Tensor Positions, Tensor Remaining, IReadOnlyList<EqualRows> Groups, Tensor Starts, Tensor Ranks, IReadOnlyList<int> Offsets,
    int Filler, IReadOnlyList<int>? RowsPerReview)
{
    /// <param name="reviews">Token ids with <c>[CLS]</c> and <c>[SEP]</c>.</param>
    /// <param name="fractions">Cuts each review into rows; null where each is one row.</param>
    /// <param name="multiple">The number of tokens is filled up to a multiple of it.</param>
    public static TokenBatch Of(IReadOnlyList<int[]> reviews, Fractions? fractions, Device device, int multiple = 1)
    {
        ArgumentNullException.ThrowIfNull(reviews);
        if (fractions is null)
            return Pack(reviews, null, device, multiple);
        var cut = reviews.Select(ids => TokenFractions.Of(ids, fractions.Length)).ToArray();
        return Pack([.. cut.SelectMany(rows => rows)], [.. cut.Select(rows => rows.Count)], device, multiple);
    }

    private static TokenBatch Pack(IReadOnlyList<int[]> rows, int[]? rowsPerReview, Device device, int multiple)
    {
        var order = Enumerable.Range(0, rows.Count).OrderBy(i => rows[i].Length).ToArray();
        var tokens = (rows.Sum(row => row.Length) + multiple - 1) / multiple * multiple;
        long[] ids = new long[tokens], positions = new long[tokens], remaining = new long[tokens], starts = new long[rows.Count], ranks = new long[rows.Count];
        var offsets = new int[rows.Count];
        var at = 0;
        for (var rank = 0; rank < order.Length; rank++)
        {
            var row = rows[order[rank]];
            (starts[rank], ranks[order[rank]], offsets[order[rank]]) = (at, rank, at);
            for (var i = 0; i < row.Length; i++)
                (ids[at + i], positions[at + i], remaining[at + i]) = (row[i], i, row.Length - 1 - i);
            at += row.Length;
        }

        EqualRows[] groups = [.. order.GroupBy(i => rows[i].Length).Select(group => new EqualRows(group.Count(), group.Key))];
        return new TokenBatch(On(ids), On(positions), On(remaining), groups, On(starts), On(ranks), offsets, tokens - at, rowsPerReview);

        Tensor On(long[] values) => tensor(values, device: device);
    }
}

/// <param name="Count">Rows.</param>
/// <param name="Length">Tokens of each.</param>
public readonly record struct EqualRows(int Count, int Length);
