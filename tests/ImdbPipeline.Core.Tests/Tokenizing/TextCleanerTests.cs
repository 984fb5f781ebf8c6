using ImdbPipeline.Core.Tokenizing;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Core.Tests.Tokenizing;

public sealed class TextCleanerTests
{
    [Theory]
    [InlineData("one<br /><br />two", "one two")]
    [InlineData("one<BR>two</p>three", "one two three")]
    [InlineData("a <a href=\"http://x/?a=1&b=2\" target=_blank>link</a> b", "a link b")]
    [InlineData("a <i>fine</i> film<!-- note -->.", "a fine film .")]
    [InlineData("  a \t b\r\n\u00A0c  ", "a b c")]
    [InlineData("<br/>", "")]
    public void Markup_is_replaced_with_a_space(string text, string clean) => Assert.Equal(clean, TextCleaner.Clean(text));

    [Theory]
    [InlineData("a < b and c > d")]
    [InlineData("I <3 this")]
    [InlineData("2<3>1")]
    [InlineData("<sigh> what a film <grin>")]
    [InlineData("<b and c> d")]
    [InlineData("a<b")]
    [InlineData("<brr> cold")]
    [InlineData("ends with <br")]
    public void Text_that_only_looks_like_markup_is_kept(string text) => Assert.Equal(text, TextCleaner.Clean(text));

    [Slow]
    [Fact]
    public void Hostile_markup_is_cleaned_in_linear_time()
    {
        // A backtracking pattern would take hours for each of these.
        foreach (var piece in new[] { "<", "<a ", "<a b=", "<a b='", "<!--", "<a b=c ", "<a b=\"c\"" })
            Assert.NotEmpty(TextCleaner.Clean(string.Concat(Enumerable.Repeat(piece, 200_000 / piece.Length)) + "x"));
    }
}
