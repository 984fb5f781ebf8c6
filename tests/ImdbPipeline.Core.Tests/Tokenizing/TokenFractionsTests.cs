using ImdbPipeline.Core.Tokenizing;

namespace ImdbPipeline.Core.Tests.Tokenizing;

public sealed class TokenFractionsTests
{
    private const int Cls = 101, Sep = 102;

    private static int[] Ids(int count) => [Cls, .. Enumerable.Range(1000, count), Sep];

    [Fact]
    public void Each_fraction_has_both_special_tokens_and_the_last_fraction_holds_the_rest() => Assert.Equal(
        [[Cls, 1000, 1001, 1002, Sep], [Cls, 1003, 1004, 1005, Sep], [Cls, 1006, Sep]], TokenFractions.Of(Ids(7), 5));

    [Fact]
    public void A_text_that_fills_its_fractions_exactly_gets_no_empty_fraction() => Assert.Equal(
        [[Cls, 1000, 1001, 1002, Sep], [Cls, 1003, 1004, 1005, Sep]], TokenFractions.Of(Ids(6), 5));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(510)]
    public void A_text_that_fits_into_one_row_is_unchanged(int count)
    {
        var ids = Ids(count);

        Assert.Same(ids, Assert.Single(TokenFractions.Of(ids, 512)));
    }

    [Fact]
    public void One_token_too_many_makes_a_second_row()
    {
        var rows = TokenFractions.Of(Ids(511), 512);

        Assert.Equal([512, 3], rows.Select(row => row.Length));
        Assert.Equal(1510, rows[1][1]);
    }

    [Fact]
    public void The_longest_allowed_text_has_16_fractions_and_loses_no_token()
    {
        Assert.Equal(16 * 510 + 2, TokenFractions.MaxLength(512));
        var longest = Ids(TokenFractions.MaxLength(512) - 2);

        var rows = TokenFractions.Of(longest, 512);

        Assert.Equal(16, rows.Count);
        Assert.Equal(longest[1..^1], rows.SelectMany(row => row[1..^1]));
    }

    [Fact]
    public void A_longer_text_is_cut_off_at_the_end() =>
        Assert.Equal(TokenFractions.Of(Ids(16 * 3), 5), TokenFractions.Of(Ids(16 * 3 + 50), 5));

    [Fact]
    public void A_row_length_below_3_is_rejected() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => TokenFractions.Of(Ids(5), 2));
}
