using System.Buffers;
using System.Globalization;
using System.Text;

namespace ImdbPipeline.Core.Tokenizing;

/// <summary>
/// The first steps of BERT's uncased tokenization: control, format and private-use characters and U+FFFD go, white space
/// becomes a blank, accents go, letters become small.
/// </summary>
internal static class BertNormalization
{
    // Nearly all reviews are made of these alone and need only small letters.
    private static readonly SearchValues<char> PrintableAscii =
        SearchValues.Create(Enumerable.Range(' ', '~' - ' ' + 1).Select(code => (char)code).ToArray());

    public static string Normalize(string text)
    {
        if (text.AsSpan().IndexOfAnyExcept(PrintableAscii) < 0)
            return text.ToLowerInvariant();

        var normal = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is >= ' ' and <= '~')
                normal.Append(char.ToLowerInvariant((char)rune.Value));
            else if (rune.Value is '\t' or '\n' or '\r')
                normal.Append(' ');
            else if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse)
                continue;
            else if (Rune.IsWhiteSpace(rune))
                normal.Append(' ');
            // Lone surrogates are enumerated as U+FFFD, so they go too.
            else if (rune != Rune.ReplacementChar)
                Unaccented.Append(normal, rune);
        }
        return normal.ToString();
    }
}
