using ImdbPipeline.Learning.Foundation;
using ImdbPipeline.Learning.Pretraining;

namespace ImdbPipeline.Learning.Tests.Pretraining;

public sealed class TokenMaskingTests
{
    private const int Cls = 2, Sep = 3, Mask = 4, VocabSize = 1000, Rows = 2000;

    private static readonly TokenMasking masking = new(0.15, Mask, new HashSet<int> { 0, 1, Cls, Sep, Mask }, VocabSize);
    private static readonly int[] row = [Cls, .. Enumerable.Range(100, 100), Sep];
    private static readonly MaskedRow[] masked = [.. Enumerable.Range(0, Rows).Select(i => masking.Apply(row, Seeds.Random(1, "mask 0", i)))];

    [Fact]
    public void Fifteen_percent_of_the_tokens_are_selected()
    {
        Assert.InRange(masked.Sum(m => m.Positions.Length) / (100.0 * Rows), 0.147, 0.153);
        // All positions are equally likely.
        var counts = new int[row.Length];
        foreach (var position in masked.SelectMany(m => m.Positions))
            counts[position]++;
        Assert.All(counts[1..^1], count => Assert.InRange(count / (double)Rows, 0.11, 0.19));
    }

    [Fact]
    public void Of_the_selected_tokens_80_percent_are_masked_10_replaced_and_10_unchanged()
    {
        var seen = masked.SelectMany(m => m.Positions.Select((position, i) => (Masked: m.TokenIds[position], Original: m.Targets[i]))).ToArray();
        var replaced = seen.Where(s => s.Masked != Mask && s.Masked != s.Original).Select(s => s.Masked).ToArray();

        Assert.InRange(seen.Count(s => s.Masked == Mask) / (double)seen.Length, 0.79, 0.81);
        Assert.InRange(seen.Count(s => s.Masked == s.Original) / (double)seen.Length, 0.093, 0.107);
        Assert.InRange(replaced.Length / (double)seen.Length, 0.093, 0.107);
        // The replacements cover the whole vocabulary.
        Assert.True(replaced.Distinct().Count() > 900, $"{replaced.Distinct().Count()} different tokens");
        Assert.InRange(replaced.Average(), 480, 520);
    }

    [Fact]
    public void Only_selected_tokens_change_and_the_targets_are_the_original_tokens()
    {
        Assert.All(masked, m =>
        {
            Assert.Equal(m.Targets, m.Positions.Select(position => row[position]));
            var restored = m.TokenIds.ToArray();
            foreach (var position in m.Positions)
                restored[position] = row[position];
            Assert.Equal(row, restored);
        });
        Assert.Equal(Cls, row[0]);
        Assert.Equal(Sep, row[^1]);
    }

    [Fact]
    public void Special_tokens_are_never_selected()
    {
        int[] tokenIds = [Cls, 1, 100, Mask, 0, Sep];

        Assert.All(Enumerable.Range(0, 200), i => Assert.Equal([2], masking.Apply(tokenIds, Seeds.Random(1, "mask 0", i)).Positions));
        Assert.Empty(masking.Apply([Cls, Sep], Seeds.Random(1, "mask 0")).Positions);
    }

    [Fact]
    public void Masking_differs_between_epochs_and_is_repeatable_within_one()
    {
        var again = masking.Apply(row, Seeds.Random(1, "mask 0", 7));
        var next = Enumerable.Range(0, Rows).Select(i => masking.Apply(row, Seeds.Random(1, "mask 1", i))).ToArray();

        Assert.Equal(masked[7].TokenIds, again.TokenIds);
        Assert.Equal(masked[7].Positions, again.Positions);
        // Independent selections of 15 % share 15 % of their positions.
        var shared = masked.Zip(next).Sum(pair => pair.First.Positions.Intersect(pair.Second.Positions).Count());
        Assert.InRange(shared / (double)masked.Sum(m => m.Positions.Length), 0.14, 0.16);
    }
}
