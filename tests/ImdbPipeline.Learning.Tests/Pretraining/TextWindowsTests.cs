using ImdbPipeline.Learning.Pretraining;

namespace ImdbPipeline.Learning.Tests.Pretraining;

public sealed class TextWindowsTests
{
    private static int[] Ids(int tokens) => [2, .. Enumerable.Range(100, tokens), 3];

    [Fact]
    public void A_long_text_is_split_into_consecutive_windows() => Assert.Equal(
        [[2, .. Enumerable.Range(100, 10), 3], [2, .. Enumerable.Range(110, 10), 3], [2, .. Enumerable.Range(120, 8), 3]], TextWindows.Of([Ids(28)], 12));

    [Fact]
    public void A_remainder_of_fewer_than_8_tokens_is_dropped() => Assert.Equal(
        [[2, .. Enumerable.Range(100, 10), 3], [2, .. Enumerable.Range(110, 10), 3]], TextWindows.Of([Ids(27)], 12));

    [Fact]
    public void A_short_text_is_one_window_and_an_empty_text_none() =>
        Assert.Equal([Ids(3)], TextWindows.Of([Ids(0), Ids(3)], 12));

    [Fact]
    public void Windows_of_fewer_than_8_tokens_still_cover_the_text() => Assert.Equal(
        [[2, .. Enumerable.Range(100, 6), 3], [2, .. Enumerable.Range(106, 6), 3], [2, .. Enumerable.Range(112, 6), 3]], TextWindows.Of([Ids(20)], 8));
}
