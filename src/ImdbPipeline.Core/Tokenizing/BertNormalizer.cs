using System.Buffers;
using System.Text;

namespace ImdbPipeline.Core.Tokenizing;

/// <summary>BERT's text normalization, with the options of <c>BertNormalizer</c> in tokenizer.json.</summary>
/// <param name="CleanText">Removes control, format and private-use characters and U+FFFD, and turns white space into spaces.</param>
/// <param name="HandleChineseChars">Puts spaces around Chinese characters.</param>
/// <param name="StripAccents">Null: as <paramref name="Lowercase"/>.</param>
internal sealed record BertNormalizer(bool CleanText = true, bool HandleChineseChars = true, bool? StripAccents = null, bool Lowercase = true)
{
    // Nearly all texts contain nothing else and at most need lower-casing.
    private static readonly SearchValues<char> printableAscii =
        SearchValues.Create(Enumerable.Range(' ', '~' - ' ' + 1).Select(code => (char)code).ToArray());

    /// <summary>That of the uncased models.</summary>
    public static BertNormalizer Uncased { get; } = new();

    /// <summary>Leaves texts as they are.</summary>
    public static BertNormalizer None { get; } = new(CleanText: false, HandleChineseChars: false, StripAccents: false, Lowercase: false);

    public bool Strips => StripAccents ?? Lowercase;

    /// <summary>Whether both do the same with every text.</summary>
    public bool IsSameAs(BertNormalizer other) => this with { StripAccents = Strips } == other with { StripAccents = other.Strips };

    public string Normalize(string text)
    {
        if (text.AsSpan().IndexOfAnyExcept(printableAscii) < 0)
            return Lowercase ? text.ToLowerInvariant() : text;

        var normalized = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is >= ' ' and <= '~')
                normalized.Append(Lowercase ? char.ToLowerInvariant((char)rune.Value) : (char)rune.Value);
            else if (!CleanText)
                AppendLetter(normalized, rune);
            else if (rune.Value is '\t' or '\n' or '\r')
                normalized.Append(' ');
            // ASCII control characters; lone surrogates are enumerated as U+FFFD, so they are removed too.
            else if (rune.IsAscii || BertCharacters.IsRemoved(rune))
                continue;
            else if (Rune.IsWhiteSpace(rune))
                normalized.Append(' ');
            else
                AppendLetter(normalized, rune);
        }
        return normalized.ToString();
    }

    private void AppendLetter(StringBuilder normalized, Rune rune)
    {
        var isChinese = HandleChineseChars && IsChinese(rune.Value);
        if (isChinese)
            normalized.Append(' ');
        if (Strips)
            AccentStripping.Append(normalized, rune, Lowercase);
        // The only letter whose lower case is two characters.
        else if (Lowercase && rune.Value == 'İ')
            normalized.Append("i\u0307");
        else
            normalized.Append(Lowercase ? Rune.ToLowerInvariant(rune) : rune);
        if (isChinese)
            normalized.Append(' ');
    }

    // The ranges of Hugging Face's tokenizers, which leave out U+2B820 to U+2B91F.
    private static bool IsChinese(int code) => code
        is (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x20000 and <= 0x2A6DF) or (>= 0x2A700 and <= 0x2B73F)
        or (>= 0x2B740 and <= 0x2B81F) or (>= 0x2B920 and <= 0x2CEAF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x2F800 and <= 0x2FA1F);
}
