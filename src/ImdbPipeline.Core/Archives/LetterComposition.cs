using System.Globalization;
using System.Text;

namespace ImdbPipeline.Core.Archives;

/// <summary>
/// Composes letters with the marks that follow them, as Unicode's normalization form C does. The programs run without ICU, where .NET's own normalization
/// changes nothing. Marks that are not in canonical order stay as they are.
/// </summary>
internal static class LetterComposition
{
    // Hangul syllables are composed by their numbers: lead, vowel and trail.
    private const int Syllables = 0xAC00, Leads = 0x1100, Vowels = 0x1161, Trails = 0x11A7;
    private const int LeadCount = 19, VowelCount = 21, TrailCount = 28;

    private static readonly Dictionary<(char Letter, char Mark), char> compositions = Read();

    public static string Compose(string text)
    {
        var composed = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (composed.Length > 0 && Compose(composed[^1], c) is { } letter)
                composed[^1] = letter;
            else
                composed.Append(c);
        }
        return composed.ToString();
    }

    private static char? Compose(char first, char second)
    {
        if (compositions.TryGetValue((first, second), out var letter))
            return letter;
        if (first - Leads is >= 0 and < LeadCount and var lead && second - Vowels is >= 0 and < VowelCount and var vowel)
            return (char)(Syllables + (((lead * VowelCount) + vowel) * TrailCount));
        return first - Syllables is >= 0 and < LeadCount * VowelCount * TrailCount and var syllable && syllable % TrailCount == 0 && second - Trails is > 0 and < TrailCount and var trail
            ? (char)(first + trail)
            : null;
    }

    private static Dictionary<(char Letter, char Mark), char> Read()
    {
        var read = new Dictionary<(char Letter, char Mark), char>();
        using var lines = new StreamReader(typeof(LetterComposition).Assembly.GetManifestResourceStream("compositions.txt")!);
        while (lines.ReadLine() is { } line)
        {
            if (line.StartsWith('#'))
                continue;
            var mark = (char)ushort.Parse(line.AsSpan(0, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            for (var at = 5; at < line.Length; at += 2)
                read.Add((line[at], mark), line[at + 1]);
        }
        return read;
    }
}
