using ImdbPipeline.Learning.Pretraining;
using ImdbPipeline.Learning.Training;

namespace ImdbPipeline.Learning.Tests.Pretraining;

public sealed class TokenMaskingTests
{
    private const int Cls = 2, Sep = 3, Mask = 4, VocabSize = 1000, Rows = 2000;

    private static readonly TokenMasking masking = new(0.15, Mask, new HashSet<int> { 0, 1, Cls, Sep, Mask }, VocabSize);
    private static readonly int[] row = [Cls, .. Enumerable.Range(100, 100), Sep];
    private static readonly MaskedRow[] masked = [.. Enumerable.Range(0, Rows).Select(i => masking.Apply(row, Seeds.Random(1, "mask 0", i)))];

    [Fact]
    public void Fifteen_in_a_hundred_pieces_are_chosen()
    {
        Assert.InRange(masked.Sum(m => m.Places.Length) / (100.0 * Rows), 0.147, 0.153);
        // Each place as often as any other.
        var chosen = new int[row.Length];
        foreach (var place in masked.SelectMany(m => m.Places))
            chosen[place]++;
        Assert.All(chosen[1..^1], count => Assert.InRange(count / (double)Rows, 0.11, 0.19));
    }

    [Fact]
    public void Of_those_chosen_80_percent_are_masked_10_replaced_and_10_stay()
    {
        var seen = masked.SelectMany(m => m.Places.Select((place, i) => (Now: m.TokenIds[place], Before: m.Truth[i]))).ToArray();
        var replaced = seen.Where(s => s.Now != Mask && s.Now != s.Before).Select(s => s.Now).ToArray();

        Assert.InRange(seen.Count(s => s.Now == Mask) / (double)seen.Length, 0.79, 0.81);
        Assert.InRange(seen.Count(s => s.Now == s.Before) / (double)seen.Length, 0.093, 0.107);
        Assert.InRange(replaced.Length / (double)seen.Length, 0.093, 0.107);
        // By any piece of the vocabulary.
        Assert.True(replaced.Distinct().Count() > 900, $"{replaced.Distinct().Count()} different pieces");
        Assert.InRange(replaced.Average(), 480, 520);
    }

    [Fact]
    public void Nothing_else_changes_and_the_truth_is_what_was_there()
    {
        Assert.All(masked, m =>
        {
            Assert.Equal(m.Truth, m.Places.Select(place => row[place]));
            var restored = m.TokenIds.ToArray();
            foreach (var place in m.Places)
                restored[place] = row[place];
            Assert.Equal(row, restored);
        });
        Assert.Equal(Cls, row[0]);
        Assert.Equal(Sep, row[^1]);
    }

    [Fact]
    public void Special_pieces_are_never_chosen()
    {
        int[] few = [Cls, 1, 100, Mask, 0, Sep];

        Assert.All(Enumerable.Range(0, 200), i => Assert.Equal([2], masking.Apply(few, Seeds.Random(1, "mask 0", i)).Places));
        Assert.Empty(masking.Apply([Cls, Sep], Seeds.Random(1, "mask 0")).Places);
    }

    [Fact]
    public void Each_epoch_masks_other_places_and_the_same_epoch_the_same()
    {
        var again = masking.Apply(row, Seeds.Random(1, "mask 0", 7));
        var next = Enumerable.Range(0, Rows).Select(i => masking.Apply(row, Seeds.Random(1, "mask 1", i))).ToArray();

        Assert.Equal(masked[7].TokenIds, again.TokenIds);
        Assert.Equal(masked[7].Places, again.Places);
        // Independent choices of 15 in 100 share 15 % of their places.
        var shared = masked.Zip(next).Sum(pair => pair.First.Places.Intersect(pair.Second.Places).Count());
        Assert.InRange(shared / (double)masked.Sum(m => m.Places.Length), 0.14, 0.16);
    }
}
