using System.Buffers;
using System.Text;

namespace ImdbPipeline.Core.Tokenizing;

/// <summary>BERT's word split: at white space, and around each punctuation character (including ASCII symbols such as <c>$</c> and <c>^</c>).</summary>
internal static class BertPreTokenizer
{
    public static IEnumerable<Range> Split(string text)
    {
        var start = 0;
        for (var at = 0; at < text.Length;)
        {
            var width = 1;
            bool isSpace, isPunctuation;
            if (char.IsAscii(text[at]))
            {
                isSpace = char.IsWhiteSpace(text[at]);
                isPunctuation = IsAsciiPunctuation(text[at]);
            }
            else
            {
                if (Rune.DecodeFromUtf16(text.AsSpan(at), out var rune, out width) != OperationStatus.Done)
                    rune = Rune.ReplacementChar;
                isSpace = Rune.IsWhiteSpace(rune);
                isPunctuation = BertCharacters.IsPunctuation(rune);
            }
            if (isSpace || isPunctuation)
            {
                if (start < at)
                    yield return start..at;
                if (isPunctuation)
                    yield return at..(at + width);
                start = at + width;
            }
            at += width;
        }
        if (start < text.Length)
            yield return start..text.Length;
    }

    private static bool IsAsciiPunctuation(char c) => c is (>= '!' and <= '/') or (>= ':' and <= '@') or (>= '[' and <= '`') or (>= '{' and <= '~');
}
