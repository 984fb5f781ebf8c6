using System.Buffers;
using System.Globalization;
using System.Text;

namespace ImdbPipeline.Core.Foundation;

/// <summary>
/// The one place that makes text from strangers safe to read: characters that act on a terminal, forge a line or reorder text become visible escapes such
/// as <c>\u001b</c>. Joiners stay, which emoji and several scripts need.
/// </summary>
public static class PrintableText
{
    private const string MarkdownSyntax = @"\`*_[]|~#$@";

    private const char ZeroWidthNonJoiner = '\u200c';
    private const char ZeroWidthJoiner = '\u200d';

    private static readonly SearchValues<char> special = SearchValues.Create([.. Enumerable.Range(0, char.MaxValue + 1).Select(code => (char)code).Where(c => char.IsSurrogate(c) || IsUnprintable(c))]);

    /// <summary>Whether a character of the basic plane acts on its surroundings instead of being shown.</summary>
    public static bool IsUnprintable(char c) =>
        c is not (ZeroWidthJoiner or ZeroWidthNonJoiner)
        && char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    /// <returns>Whether <see cref="OneLine"/> would change the text.</returns>
    public static bool NeedsEscape(string text) => OneLine(text) != text;

    /// <summary>The text on one line.</summary>
    public static string OneLine(string text) => Escape(text, keep: "");

    /// <summary>The text with its own line breaks and tabs.</summary>
    public static string Lines(string text) => Escape(text, keep: "\r\n\t");

    /// <summary>The text on one line, as Markdown and HTML that shows exactly its characters.</summary>
    public static string Markdown(string text)
    {
        var escaped = new StringBuilder();
        var line = OneLine(text);
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (c is '&' or '<' or '>')
                escaped.Append(CultureInfo.InvariantCulture, $"&#{(int)c};");
            else if (MarkdownSyntax.Contains(c) || IsPartOfLink(line, i))
                escaped.Append('\\').Append(c);
            else
                escaped.Append(c);
        }
        return escaped.ToString();
    }

    /// <summary>GitHub turns bare addresses into links.</summary>
    private static bool IsPartOfLink(string line, int i) =>
        line[i] switch
        {
            ':' => line.AsSpan(i + 1).StartsWith("//", StringComparison.Ordinal),
            '.' => line.AsSpan(0, i).EndsWith("www", StringComparison.OrdinalIgnoreCase),
            _ => false,
        };

    private static string Escape(string text, string keep)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!text.AsSpan().ContainsAny(special))
            return text;
        var escaped = new StringBuilder(text.Length + 16);
        var rest = text.AsSpan();
        while (!rest.IsEmpty)
        {
            var valid = Rune.DecodeFromUtf16(rest, out var rune, out var length) == OperationStatus.Done;
            var character = rest[..length];
            if (valid && (!IsUnprintable(rune) || (length == 1 && keep.Contains(character[0]))))
                escaped.Append(character);
            else
                foreach (var c in character)
                    escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            rest = rest[length..];
        }
        return escaped.ToString();
    }

    private static bool IsUnprintable(Rune rune) =>
        rune.IsBmp ? IsUnprintable((char)rune.Value) : Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format;
}
