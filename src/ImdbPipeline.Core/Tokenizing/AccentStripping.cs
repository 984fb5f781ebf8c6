using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace ImdbPipeline.Core.Tokenizing;

/// <summary>
/// Decomposes characters canonically (NFD) and strips their accents. Uses its own table because the framework's
/// decomposition depends on the installed ICU, and token ids must not depend on the machine.
/// </summary>
internal static class AccentStripping
{
    private const int FirstHangul = 0xAC00, LastHangul = 0xD7A3;
    private const int FirstLeading = 0x1100, FirstVowel = 0x1161, BeforeTrailing = 0x11A7;
    private const int Vowels = 21, Trailings = 28;

    private static readonly FrozenDictionary<int, (string Stripped, string Lowercase)> table = ReadTable();

    /// <summary>Appends the character without accents; appends nothing for a nonspacing mark.</summary>
    public static void Append(StringBuilder text, Rune rune, bool lowercase)
    {
        if (table.TryGetValue(rune.Value, out var entry))
        {
            text.Append(lowercase ? entry.Lowercase : entry.Stripped);
        }
        else if (rune.Value is >= FirstHangul and <= LastHangul)
        {
            var index = rune.Value - FirstHangul;
            text.Append((char)(FirstLeading + index / (Vowels * Trailings)));
            text.Append((char)(FirstVowel + index % (Vowels * Trailings) / Trailings));
            if (index % Trailings is > 0 and var trailing)
                text.Append((char)(BeforeTrailing + trailing));
        }
        else if (!BertCharacters.IsMark(rune))
        {
            text.Append(lowercase ? Rune.ToLowerInvariant(rune) : rune);
        }
    }

    private static FrozenDictionary<int, (string Stripped, string Lowercase)> ReadTable()
    {
        var entries = new Dictionary<int, (string, string)>();
        using var lines = new StreamReader(typeof(AccentStripping).Assembly.GetManifestResourceStream("unaccented.txt")!);
        while (lines.ReadLine() is { } line)
        {
            if (line.StartsWith('#'))
                continue;
            var codes = line.Split(' ').Select(code => int.Parse(code, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToArray();
            var stripped = codes.Skip(1).Select(code => new Rune(code)).ToArray();
            // Lower-cased once here rather than on every lookup.
            entries[codes[0]] = (string.Concat(stripped), string.Concat(stripped.Select(Rune.ToLowerInvariant)));
        }
        return entries.ToFrozenDictionary();
    }
}
