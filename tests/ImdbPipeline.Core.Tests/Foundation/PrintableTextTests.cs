using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Tests.Foundation;

public sealed class PrintableTextTests
{
    [Theory]
    [InlineData("\u001b[31mred\u001b[0m", @"\u001b[31mred\u001b[0m")]
    [InlineData("\u001b]8;;https://example.org\u001b\\link\u001b]8;;\u001b\\", @"\u001b]8;;https://example.org\u001b\link\u001b]8;;\u001b\")]
    [InlineData("\u009b31m", @"\u009b31m")]
    [InlineData("invoice\u202egnp.exe", @"invoice\u202egnp.exe")]
    [InlineData("\u2066isolated\u2069", @"\u2066isolated\u2069")]
    [InlineData("two\r\nlines\u2028three\u2029four", @"two\u000d\u000alines\u2028three\u2029four")]
    [InlineData("zero\u200bwidth\ufeff", @"zero\u200bwidth\ufeff")]
    [InlineData("tag \U000e0041", @"tag \udb40\udc41")]
    public void Characters_that_act_on_a_terminal_forge_a_line_or_reorder_text_become_visible(string text, string shown)
    {
        Assert.Equal(shown, PrintableText.OneLine(text));
        Assert.True(PrintableText.NeedsEscape(text));
        Assert.Equal(shown, new Printable(text).ToString());
    }

    // Attributes cannot hold half a pair.
    [Fact]
    public void Half_a_surrogate_pair_becomes_visible() => Assert.Equal(@"half \ud83d a pair", PrintableText.OneLine("half \ud83d a pair"));

    [Theory]
    [InlineData("plain text, ünïcödé, 中文, العربية")]
    [InlineData("family \U0001F468\u200d\U0001F469\u200d\U0001F467")]
    [InlineData("می\u200cخواهم")]
    public void Letters_emoji_and_joiners_stay(string text) => Assert.Equal(text, PrintableText.OneLine(text));

    [Fact]
    public void Text_of_several_lines_keeps_its_line_breaks_and_tabs() =>
        Assert.Equal("a\tb\r\nc" + @"\u001b", PrintableText.Lines("a\tb\r\nc\u001b"));

    [Theory]
    [InlineData("*bold* _it_ `code` [a](b) # h | cell ~no~", @"\*bold\* \_it\_ \`code\` \[a\](b) \# h \| cell \~no\~")]
    [InlineData("<script>alert(1)</script> & <!-- -->", "&#60;script&#62;alert(1)&#60;/script&#62; &#38; &#60;!-- --&#62;")]
    [InlineData("$x$ https://evil.example www.evil.example a@evil.example", @"\$x\$ https\://evil.example www\.evil.example a\@evil.example")]
    [InlineData("cell\n| forged | row |", @"cell\\u000a\| forged \| row \|")]
    public void Markdown_and_HTML_are_shown_and_not_interpreted(string text, string shown) => Assert.Equal(shown, PrintableText.Markdown(text));
}
