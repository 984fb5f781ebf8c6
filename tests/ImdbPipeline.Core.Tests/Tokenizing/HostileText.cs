using System.Text;

namespace ImdbPipeline.Core.Tests.Tokenizing;

/// <summary>Generates short random texts from fragments that are hard to tokenize.</summary>
internal static class HostileText
{
    // Words, lone surrogates, combining marks, spaces, control characters, and complete and partial special tokens.
    private static readonly string[] fragments =
    [
        "a", "b", "Z", "film", "##s", "ing", "UNBELIEVABLY", "1984", "x1y", "0123456789abcdef", "0123456789abcdefg", new string('w', 101), new string('q', 250),
        " ", "  ", "\t", "\n", "\r", "\v", "\0", "\u0001", "\u007f", "\u00a0", "\u2028", "\u3000", "\u200b", "\ufeff", "\ufffd", "\ue000",
        "!", "'", "-", "_", "$", "^", "`", "~", "[", "]", "[CLS]", "[SEP]", "[MASK]", "[UNK]", "[PAD]", "[MASK", "[[SEP]]",
        "é", "e\u0301", "\u0301", "İ", "K", "ß", "ﬁ", "中", "中文", "한국", "\U00020000", "\U0001F600", "\ud800", "\udc00", "—", "…", "“", "º", "½",
    ];

    public static string Write(Random random)
    {
        var text = new StringBuilder();
        for (var left = random.Next(1, 12); left > 0; left--)
            text.Append(fragments[random.Next(fragments.Length)]);
        return text.ToString();
    }
}
