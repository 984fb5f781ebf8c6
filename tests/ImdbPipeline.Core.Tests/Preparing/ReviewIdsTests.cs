using ImdbPipeline.Core.Preparing;

namespace ImdbPipeline.Core.Tests.Preparing;

public sealed class ReviewIdsTests
{
    // On either side of the surrogates, of one to four bytes, and beginnings of each other.
    private static readonly string[] fragments = ["", "a", "b", "\u007f", "\u0080", "\u07ff", "\u0800", "\ud7ff", "\ue000", "\uffff", "\U00010000", "\U0001F600", "\U0010FFFF", "0"];

    [Fact]
    public void Ids_sort_as_ordinal_texts_do()
    {
        var texts = (from one in fragments from two in fragments from three in fragments select one + two + three).Distinct().ToList();
        var ids = new ReviewIds();
        var places = texts.ConvertAll(ids.Add);
        new Random(8).Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(places));
        places.Sort(ids.Compare);

        Assert.Equal(texts.Order(StringComparer.Ordinal), places.Select(ids.Text));
    }

    [Fact]
    public void Id_longer_than_a_block_and_those_after_it_are_kept()
    {
        var ids = new ReviewIds();
        string[] texts = ["short", new string('x', 3 << 20), "after"];
        var places = texts.Select(ids.Add).ToList();
        Assert.Equal(texts, places.Select(ids.Text));
        Assert.Equal("rt", ids.Text(ids.Without(places[0], "sho"u8)));
        Assert.Equal("short", ids.Text(ids.Without(places[0], "xyz"u8)));
    }
}
