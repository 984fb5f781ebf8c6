using System.Globalization;
using System.Text;
using Microsoft.ML.Tokenizers;

namespace ImdbPipeline.Core.Tokenizing;

/// <summary>
/// BERT's basic word split: at white space, around each punctuation character (including ASCII symbols such as <c>$</c> and
/// <c>^</c>) and around each Chinese character.
/// </summary>
internal sealed class BertPreTokenizer : PreTokenizer
{
    public static BertPreTokenizer Instance { get; } = new();

    public override IEnumerable<(int Offset, int Length)> PreTokenize(string text) => Split(text);

    public override IEnumerable<(int Offset, int Length)> PreTokenize(ReadOnlySpan<char> text) => Split(text.ToString());

    private static IEnumerable<(int Offset, int Length)> Split(string text)
    {
        var start = 0;
        for (var at = 0; at < text.Length;)
        {
            var width = 1;
            bool isSpace, isStandalone;
            if (char.IsAscii(text[at]))
            {
                isSpace = char.IsWhiteSpace(text[at]);
                isStandalone = IsAsciiPunctuation(text[at]);
            }
            else
            {
                if (Rune.DecodeFromUtf16(text.AsSpan(at), out var rune, out width) != System.Buffers.OperationStatus.Done)
                    rune = Rune.ReplacementChar;
                isSpace = Rune.IsWhiteSpace(rune);
                isStandalone = IsPunctuation(rune) || IsChinese(rune.Value);
            }
            if (isSpace || isStandalone)
            {
                if (start < at)
                    yield return (start, at - start);
                if (isStandalone)
                    yield return (at, width);
                start = at + width;
            }
            at += width;
        }
        if (start < text.Length)
            yield return (start, text.Length - start);
    }

    private static bool IsAsciiPunctuation(char c) => c is (>= '!' and <= '/') or (>= ':' and <= '@') or (>= '[' and <= '`') or (>= '{' and <= '~');

    private static bool IsPunctuation(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.ConnectorPunctuation or UnicodeCategory.DashPunctuation
        or UnicodeCategory.OpenPunctuation or UnicodeCategory.ClosePunctuation
        or UnicodeCategory.InitialQuotePunctuation or UnicodeCategory.FinalQuotePunctuation or UnicodeCategory.OtherPunctuation;

    private static bool IsChinese(int code) => code
        is (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x20000 and <= 0x2A6DF) or (>= 0x2A700 and <= 0x2B73F)
        or (>= 0x2B740 and <= 0x2B81F) or (>= 0x2B820 and <= 0x2CEAF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x2F800 and <= 0x2FA1F);
}
