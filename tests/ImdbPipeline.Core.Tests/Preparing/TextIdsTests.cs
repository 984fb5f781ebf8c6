using ImdbPipeline.Core.Preparing;

namespace ImdbPipeline.Core.Tests.Preparing;

public sealed class TextIdsTests
{
    // Below and above the surrogates, one to four bytes long, and prefixes of each other.
    private static readonly string[] fragments = ["", "a", "b", "\u007f", "\u0080", "\u07ff", "\u0800", "\ud7ff", "\ue000", "\uffff", "\U00010000", "\U0001F600", "\U0010FFFF", "0"];

    [Fact]
    public void Ids_are_sorted_in_ordinal_order()
    {
        var texts = (from one in fragments from two in fragments from three in fragments select one + two + three).Distinct().ToList();
        var ids = new TextIds();
        var ranges = texts.ConvertAll(ids.Add);
        new Random(8).Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(ranges));
        ranges.Sort(ids.Compare);

        Assert.Equal(texts.Order(StringComparer.Ordinal), ranges.Select(ids.Text));
    }

    [Fact]
    public void Ids_longer_than_a_block_and_those_after_them_are_read_back()
    {
        var ids = new TextIds();
        string[] texts = ["short", new string('x', 3 << 20), "after"];
        var ranges = texts.Select(ids.Add).ToList();
        Assert.Equal(texts, ranges.Select(ids.Text));
        Assert.Equal("rt", ids.Text(ids.Without(ranges[0], "sho"u8)));
        Assert.Equal("short", ids.Text(ids.Without(ranges[0], "xyz"u8)));
    }
}
