using ImdbPipeline.Core.Tokenizing;

namespace ImdbPipeline.Core.Tests.Tokenizing;

public sealed class TokenTruncationTests
{
    private const int Cls = 101, Sep = 102;

    private static int[] Ids(int count) => [Cls, .. Enumerable.Range(1000, count), Sep];

    [Theory]
    [InlineData(Truncation.Head, new[] { Cls, 1000, 1001, 1002, Sep })]
    [InlineData(Truncation.Tail, new[] { Cls, 1007, 1008, 1009, Sep })]
    [InlineData(Truncation.HeadTail, new[] { Cls, 1007, 1008, 1009, Sep })]
    public void Special_tokens_stay_at_both_ends(Truncation truncation, int[] expected) =>
        Assert.Equal(expected, TokenTruncation.Truncate(Ids(10), 5, truncation));

    [Fact]
    public void Head_and_tail_of_512_are_128_and_382_tokens() => Assert.Equal(
        [Cls, .. Enumerable.Range(1000, 128), .. Enumerable.Range(1000 + 2000 - 382, 382), Sep], TokenTruncation.Truncate(Ids(2000), 512, Truncation.HeadTail));

    [Theory]
    [InlineData(Truncation.Head)]
    [InlineData(Truncation.Tail)]
    [InlineData(Truncation.HeadTail)]
    public void A_text_that_fits_is_unchanged(Truncation truncation) => Assert.Equal(Ids(510), TokenTruncation.Truncate(Ids(510), 512, truncation));
}
