using System.Globalization;
using System.Text;

namespace ImdbPipeline.Core.Tokenizing;

/// <summary>
/// How BERT's tokenizer treats non-ASCII characters. Uses its own table because Hugging Face's tokenizers follow an old version of Unicode: for them,
/// younger punctuation and accents are letters.
/// </summary>
internal static class BertCharacters
{
    private static readonly ulong[] punctuation = new ulong[0x110000 / 64], removed = new ulong[0x110000 / 64], marks = new ulong[0x110000 / 64];

    static BertCharacters()
    {
        using var lines = new StreamReader(typeof(BertCharacters).Assembly.GetManifestResourceStream("characters.txt")!);
        while (lines.ReadLine() is { } line)
        {
            if (line.StartsWith('#'))
                continue;
            var ranges = line.Split(' ');
            var set = ranges[0] switch { "punctuation" => punctuation, "removed" => removed, "mark" => marks, var other => throw new InvalidDataException(other) };
            foreach (var range in ranges.AsSpan(1))
            {
                var ends = Array.ConvertAll(range.Split('-'), code => int.Parse(code, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
                for (var code = ends[0]; code <= ends[^1]; code++)
                    set[code >> 6] |= 1UL << (code & 63);
            }
        }
    }

    public static bool IsPunctuation(Rune rune) => IsIn(punctuation, rune);

    /// <summary>Control, format and private-use characters and U+FFFD, which are removed when a text is cleaned.</summary>
    public static bool IsRemoved(Rune rune) => IsIn(removed, rune);

    /// <summary>A nonspacing mark, which is removed with the accents.</summary>
    public static bool IsMark(Rune rune) => IsIn(marks, rune);

    private static bool IsIn(ulong[] set, Rune rune) => (set[rune.Value >> 6] >> (rune.Value & 63) & 1) != 0;
}
