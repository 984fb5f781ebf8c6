using System.Buffers;
using System.Text.RegularExpressions;

namespace ImdbPipeline.Core.Tokenizing;

/// <summary>Cleans a text: replaces HTML tags and comments, and then runs of white space, with one space.</summary>
/// <remarks>Only known HTML elements count as tags: <c>a &lt; b</c>, <c>&lt;3</c> and <c>&lt;sigh&gt;</c> are kept.</remarks>
public static partial class TextCleaner
{
    private static readonly SearchValues<char> OtherWhiteSpace =
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
        var pendingSpace = false;
        foreach (var c in text)
        {
            if (IsWhiteSpace(c))
            {
                pendingSpace = length > 0;
                continue;
            }
            if (pendingSpace)
                clean[length++] = ' ';
            pendingSpace = false;
            clean[length++] = c;
        }
        var collapsed = new string(clean, 0, length);
        ArrayPool<char>.Shared.Return(clean);
        return collapsed;
    }

    private static bool IsCollapsed(string text) =>
        !text.AsSpan().ContainsAny(OtherWhiteSpace) && !text.Contains("  ", StringComparison.Ordinal) && !text.StartsWith(' ') && !text.EndsWith(' ');

    private static bool IsWhiteSpace(char c) => c is > ' ' and < '\u0080' ? false : char.IsWhiteSpace(c);

    /// <summary>Tags and comments, in the syntax that .NET's and Hugging Face's regular expressions (Oniguruma) share.</summary>
    // Attributes need an equals sign: "<b and c>" is not a tag. Atomic groups prevent slow backtracking.
    internal const string MarkupPattern =
        "(?i:<!--[\\s\\S]{0,2000}?-->"
        + "|</?(?:a|abbr|acronym|address|b|big|blockquote|body|br|center|cite|code|dd|del|dfn|div|dl|dt|em|embed|font|form|h[1-6]|head|hr|html|i|iframe"
        + "|img|input|ins|kbd|li|link|meta|object|ol|p|param|pre|q|s|samp|script|small|span|strike|strong|style|sub|sup|table|tbody|td|tfoot|th|thead|title|tr|tt|u|ul|var)(?![a-z0-9])"
        + "(?>\\s+[a-z][a-z-]{0,40}\\s*=\\s*(?>\"[^\"<>]{0,2000}\"|'[^'<>]{0,2000}'|[^\\s\"'<>]{1,2000}))*"
        + "(?>\\s*)/?(?>\\s*)>)";

    [GeneratedRegex(MarkupPattern, RegexOptions.CultureInvariant)]
    private static partial Regex Markup();
}
