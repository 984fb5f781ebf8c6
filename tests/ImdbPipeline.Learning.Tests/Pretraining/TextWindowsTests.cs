using ImdbPipeline.Learning.Pretraining;

namespace ImdbPipeline.Learning.Tests.Pretraining;

public sealed class TextWindowsTests
{
    private static int[] Ids(int pieces) => [2, .. Enumerable.Range(100, pieces), 3];

    [Fact]
    public void A_long_review_is_cut_into_windows_one_after_the_other() => Assert.Equal(
        [[2, .. Enumerable.Range(100, 10), 3], [2, .. Enumerable.Range(110, 10), 3], [2, .. Enumerable.Range(120, 8), 3]], TextWindows.Of([Ids(28)], 12));

    [Fact]
    public void A_rest_of_fewer_than_8_pieces_is_left_out() => Assert.Equal(
        [[2, .. Enumerable.Range(100, 10), 3], [2, .. Enumerable.Range(110, 10), 3]], TextWindows.Of([Ids(27)], 12));

    [Fact]
    public void A_short_review_is_one_window_and_an_empty_one_none() =>
        Assert.Equal([Ids(3)], TextWindows.Of([Ids(0), Ids(3)], 12));

    [Fact]
    public void Windows_shorter_than_8_pieces_still_cover_the_review() => Assert.Equal(
        [[2, .. Enumerable.Range(100, 6), 3], [2, .. Enumerable.Range(106, 6), 3], [2, .. Enumerable.Range(112, 6), 3]], TextWindows.Of([Ids(20)], 8));
}
