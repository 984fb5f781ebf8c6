using System.Buffers;
using System.Text.RegularExpressions;

namespace ImdbPipeline.Core.Preparing;

/// <summary>
/// Takes markup out of a review: tags and comments of HTML become a blank, runs of white space one blank.
/// Only real HTML elements count, so <c>a &lt; b</c>, <c>&lt;3</c> and <c>&lt;sigh&gt;</c> stay.
/// </summary>
public static partial class ReviewCleaner
{
    private static readonly SearchValues<char> OtherBlanks =
        SearchValues.Create([.. Enumerable.Range(0, char.MaxValue + 1).Select(code => (char)code).Where(c => c != ' ' && char.IsWhiteSpace(c))]);

    public static string Clean(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Contains('<'))
            text = Markup().Replace(text, " ");
        return Collapse(text);
    }

    private static string Collapse(string text)
    {
        if (IsCollapsed(text))
            return text;
        var clean = ArrayPool<char>.Shared.Rent(text.Length);
        var length = 0;
        var blank = false;
        foreach (var c in text)
        {
            if (IsWhiteSpace(c))
            {
                blank = length > 0;
                continue;
            }
            if (blank)
                clean[length++] = ' ';
            blank = false;
            clean[length++] = c;
        }
        var collapsed = new string(clean, 0, length);
        ArrayPool<char>.Shared.Return(clean);
        return collapsed;
    }

    private static bool IsCollapsed(string text) =>
        !text.AsSpan().ContainsAny(OtherBlanks) && !text.Contains("  ", StringComparison.Ordinal) && !text.StartsWith(' ') && !text.EndsWith(' ');

    private static bool IsWhiteSpace(char c) => c is > ' ' and < '\u0080' ? false : char.IsWhiteSpace(c);

    // Attributes need an equals sign: "<b and c>" is no tag. Atomic groups: no input makes it slow.
    [GeneratedRegex(
        """
        <!--.{0,2000}?-->
        | </?(?:a|abbr|acronym|address|b|big|blockquote|body|br|center|cite|code|dd|del|dfn|div|dl|dt|em|embed|font|form|h[1-6]|head|hr|html|i|iframe
             |img|input|ins|kbd|li|link|meta|object|ol|p|param|pre|q|s|samp|script|small|span|strike|strong|style|sub|sup|table|tbody|td|tfoot|th|thead|title|tr|tt|u|ul|var)(?![a-z0-9])
          (?>\s+[a-z][a-z-]{0,40}\s*=\s*(?>"[^"<>]{0,2000}"|'[^'<>]{0,2000}'|[^\s"'<>]{1,2000}))*
          (?>\s*)/?(?>\s*)>
        """,
        RegexOptions.IgnoreCase | RegexOptions.Singleline | RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant)]
    private static partial Regex Markup();
}
