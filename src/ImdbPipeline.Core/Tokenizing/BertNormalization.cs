using System.Buffers;
using System.Globalization;
using System.Text;

namespace ImdbPipeline.Core.Tokenizing;

/// <summary>
/// BERT's uncased text normalization: removes control, format and private-use characters and U+FFFD, turns white space into
/// spaces, strips accents and lower-cases.
/// </summary>
internal static class BertNormalization
{
    // Nearly all texts contain nothing else and only need lower-casing.
    private static readonly SearchValues<char> PrintableAscii =
        SearchValues.Create(Enumerable.Range(' ', '~' - ' ' + 1).Select(code => (char)code).ToArray());

    public static string Normalize(string text)
    {
        if (text.AsSpan().IndexOfAnyExcept(PrintableAscii) < 0)
            return text.ToLowerInvariant();

        var normalized = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is >= ' ' and <= '~')
                normalized.Append(char.ToLowerInvariant((char)rune.Value));
            else if (rune.Value is '\t' or '\n' or '\r')
                normalized.Append(' ');
            else if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse)
                continue;
            else if (Rune.IsWhiteSpace(rune))
                normalized.Append(' ');
            // Lone surrogates are enumerated as U+FFFD, so they are removed too.
            else if (rune != Rune.ReplacementChar)
                AccentStripping.Append(normalized, rune);
        }
        return normalized.ToString();
    }
}
