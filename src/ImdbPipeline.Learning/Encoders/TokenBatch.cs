using ImdbPipeline.Core.Tokenizing;
using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Encoders;

/// <summary>
/// Rows of token ids concatenated without padding and sorted by length. Rows of equal length form one dense
/// <c>[count, length]</c> block, so attention needs no mask.
/// </summary>
/// <param name="Ids">int64 <c>[tokens]</c>.</param>
/// <param name="Positions">int64 <c>[tokens]</c>: position of each token in its row.</param>
/// <param name="Remaining">int64 <c>[tokens]</c>: number of tokens after each token in its row.</param>
/// <param name="Groups">The blocks, in batch order.</param>
/// <param name="Starts">int64 <c>[rows]</c>: index of the first token of each row, in batch order.</param>
/// <param name="Ranks">int64 <c>[rows]</c>: for each row in input order, its index in <paramref name="Starts"/>.</param>
/// <param name="Offsets">Index of the first token of each row, in input order.</param>
/// <param name="Filler">Number of filler tokens at the end, which belong to no row. They keep the number of distinct batch sizes small.</param>
/// <param name="RowsPerText">Number of rows of each text, in input order; null if each text is one row.</param>
public sealed record TokenBatch(
    Tensor Ids, Tensor Positions, Tensor Remaining, IReadOnlyList<EqualRows> Groups, Tensor Starts, Tensor Ranks, IReadOnlyList<int> Offsets,
    int Filler, IReadOnlyList<int>? RowsPerText)
{
    /// <param name="texts">Token ids of each text, including <c>[CLS]</c> and <c>[SEP]</c>.</param>
    /// <param name="fractions">Splits each text into rows; null keeps each text as one row.</param>
    /// <param name="multiple">The number of tokens is rounded up to a multiple of this.</param>
    public static TokenBatch Of(IReadOnlyList<int[]> texts, Fractions? fractions, Device device, int multiple = 1)
    {
        ArgumentNullException.ThrowIfNull(texts);
        if (fractions is null)
            return Pack(texts, null, device, multiple);
        var cut = texts.Select(ids => TokenFractions.Of(ids, fractions.Length)).ToArray();
        return Pack([.. cut.SelectMany(rows => rows)], [.. cut.Select(rows => rows.Count)], device, multiple);
    }

    private static TokenBatch Pack(IReadOnlyList<int[]> rows, int[]? rowsPerText, Device device, int multiple)
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
        return new TokenBatch(On(ids), On(positions), On(remaining), groups, On(starts), On(ranks), offsets, tokens - at, rowsPerText);

        Tensor On(long[] values) => tensor(values, device: device);
    }
}

/// <param name="Count">Number of rows.</param>
/// <param name="Length">Tokens per row.</param>
public readonly record struct EqualRows(int Count, int Length);
