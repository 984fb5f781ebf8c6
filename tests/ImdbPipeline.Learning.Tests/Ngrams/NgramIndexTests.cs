using ImdbPipeline.Learning.Ngrams;

namespace ImdbPipeline.Learning.Tests.Ngrams;

public sealed class NgramIndexTests
{
    private const int Last = (1 << NgramFeatures.Bits) - 1;

    [Fact]
    public void Known_features_have_ascending_positions_and_others_have_none()
    {
        var index = new NgramIndex([Last, 0, 63, 64, 70_000]);

        Assert.Equal(5, index.Count);
        Assert.Equal([0, 63, 64, 70_000, Last], index.Features);
        Assert.Equal([0, 2, 4], index.Positions([0, 1, 64, 65, Last]));
    }

    [Fact]
    public void Features_of_fewer_than_three_texts_are_left_out()
    {
        int[][] texts = [.. Enumerable.Range(0, 200).Select(i => i switch { 0 => new[] { 7, 9 }, 1 => [7, 9], 2 => [9], _ => [i + 1000] })];

        Assert.Equal([9], NgramIndex.Of(texts, maxCount: 100).Features);
        Assert.Equal([7, 9], NgramIndex.Of(texts[..99], maxCount: 100).Features);
    }

    [Fact]
    public void Too_many_features_are_cut_to_those_of_the_most_texts()
    {
        int[][] texts = [.. Enumerable.Range(0, 300).Select(i => new[] { i % 3, 10 + (i % 30), 100 + (i % 60) })];

        Assert.Equal([0, 1, 2], NgramIndex.Of(texts, maxCount: 20).Features);
    }

    [Fact]
    public void Ngrams_of_up_to_three_tokens_are_features_and_special_tokens_are_not()
    {
        int[] text = NgramFeatures.Of([101, 5, 6, 7, 102]), part = NgramFeatures.Of([101, 5, 6, 102]), repeated = NgramFeatures.Of([101, 5, 5, 5, 5, 102]);

        Assert.Equal(6, text.Length);
        Assert.Equal(3, part.Intersect(text).Count());
        Assert.Equal(3, repeated.Length);
        Assert.Empty(NgramFeatures.Of([101, 102]));
    }
}
