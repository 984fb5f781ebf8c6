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

    private static readonly string[] markup =
    [
        "<br />", "<BR>", "</p>", "<i>", "< i>", "<sigh>", "<!--", "-->", "<a href=", "\"x\"", "'y'", "z", ">", "<", "=", "/", " ", "\n", "\v", "\u0085", "\u00a0", "\u2028", "a", "é",
        "\U0001F600", "k", "<stron\u0067>", "\u212a", "\u017f", "<h1>", "<h7>",
    ];

    public static string Write(Random random) => Write(random, fragments);

    /// <summary>Like <see cref="Write(Random)"/>, of tags, comments and white space.</summary>
    public static string WriteMarkup(Random random) => Write(random, markup);

    private static string Write(Random random, string[] fragments)
    {
        var text = new StringBuilder();
        for (var left = random.Next(1, 12); left > 0; left--)
            text.Append(fragments[random.Next(fragments.Length)]);
        return text.ToString();
    }
}
