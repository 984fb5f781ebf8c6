using System.Buffers;
using System.Globalization;
using System.Text;

namespace ImdbPipeline.Core.Tokenizing;

/// <summary>Finds added tokens in a text: the leftmost, and the longest of several that begin there.</summary>
internal sealed class AddedTokenSearch
{
    private readonly SearchValues<string> patterns;
    private readonly Dictionary<char, (string Pattern, AddedToken Token)[]> longestFirst;

    private AddedTokenSearch((string Pattern, AddedToken Token)[] tokens)
    {
        longestFirst = tokens.GroupBy(token => token.Pattern[0])
            .ToDictionary(group => group.Key, group => group.OrderByDescending(token => token.Pattern.Length).ThenByDescending(token => token.Token.Special).ToArray());
        patterns = SearchValues.Create([.. tokens.Select(token => token.Pattern)], StringComparison.Ordinal);
    }

    /// <param name="tokens">What to look for, and the token that it stands for; no pattern is empty.</param>
    /// <returns>Null if there is nothing to look for.</returns>
    public static AddedTokenSearch? Create(IEnumerable<(string Pattern, AddedToken Token)> tokens)
    {
        (string, AddedToken)[] all = [.. tokens];
        return all.Length == 0 ? null : new AddedTokenSearch(all);
    }

    /// <param name="from">Where to go on searching; moved behind the match.</param>
    /// <param name="consumed">The end of the previous token, before which this one takes no white space.</param>
    public bool Next(ReadOnlySpan<char> text, ref int from, int consumed, out int start, out int end, out int id)
    {
        while (from < text.Length && text[from..].IndexOfAny(patterns) is >= 0 and var offset)
        {
            start = from + offset;
            var (pattern, token) = LongestAt(text[start..]);
            (end, id) = (start + pattern.Length, token.Id);
            from = end;
            if (token.SingleWord && (IsWordCharacter(LastRune(text[..start])) || IsWordCharacter(FirstRune(text[end..]))))
                continue;
            if (token.LeftStrip)
                start = Math.Min(consumed, start) + text[Math.Min(consumed, start)..start].TrimEnd().Length;
            // White space that the previous token took is not looked at again.
            if (token.RightStrip)
                end = text.Length - text[Math.Max(end, consumed)..].TrimStart().Length;
            return true;
        }
        (start, end, id) = (text.Length, text.Length, -1);
        return false;
    }

    private (string Pattern, AddedToken Token) LongestAt(ReadOnlySpan<char> text)
    {
        foreach (var token in longestFirst[text[0]])
            if (text.StartsWith(token.Pattern, StringComparison.Ordinal))
                return token;
        throw new InvalidOperationException("Expected a pattern at the position of a match, found none.");
    }

    private static Rune? FirstRune(ReadOnlySpan<char> text) => Rune.DecodeFromUtf16(text, out var rune, out _) == OperationStatus.Done ? rune : null;

    private static Rune? LastRune(ReadOnlySpan<char> text) => Rune.DecodeLastFromUtf16(text, out var rune, out _) == OperationStatus.Done ? rune : null;

    /// <summary><c>\w</c> of Unicode Technical Standard 18: alphabetic characters, marks, decimal digits, connectors and joiners.</summary>
    private static bool IsWordCharacter(Rune? rune) => rune is { } character && (
        Rune.GetUnicodeCategory(character) is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
            or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter or UnicodeCategory.LetterNumber or UnicodeCategory.NonSpacingMark
            or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.ConnectorPunctuation
        // Joiners, and letters in circles and squares, which are symbols by category.
        || character.Value is 0x200C or 0x200D or (>= 0x24B6 and <= 0x24E9) or (>= 0x1F130 and <= 0x1F149) or (>= 0x1F150 and <= 0x1F169) or (>= 0x1F170 and <= 0x1F189));
}
