using System.Text;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Tokenizing;

/// <summary>The file <c>vocab.txt</c>: one token per line, whose id is the zero-based line number; continuation tokens start with <c>##</c>.</summary>
public static class Vocabulary
{
    /// <summary>More than any well-known model has.</summary>
    internal const int MaxTokens = 2_000_000;

    public const string FileName = "vocab.txt";

    public const string Padding = "[PAD]";
    public const string Unknown = "[UNK]";
    public const string Classification = "[CLS]";
    public const string Separator = "[SEP]";
    public const string Mask = "[MASK]";

    /// <summary>The first five lines of every generated vocabulary, so the padding id is 0.</summary>
    public static IReadOnlyList<string> SpecialTokens { get; } = [Padding, Unknown, Classification, Separator, Mask];

    /// <summary>Whether a token can be a line of the file, and the piece of a word.</summary>
    internal static bool IsPlain(string token) => token.Length > 0 && token[0] != '\uFEFF' && !token.Any(char.IsWhiteSpace);

    public static byte[] Write(IEnumerable<string> tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        var lines = new StringBuilder();
        foreach (var token in tokens)
            lines.Append(token).Append('\n');
        return StrictEncoding.Utf8.GetBytes(lines.ToString());
    }

    /// <param name="source">File name used in error messages.</param>
    /// <exception cref="InputRejectedException">Not UTF-8, a duplicate token, or a missing special token.</exception>
    public static IReadOnlyList<string> Read(ReadOnlySpan<byte> file, string source) => Read(file, source, SpecialTokens);

    /// <param name="required">Tokens that must be there.</param>
    /// <inheritdoc cref="Read(ReadOnlySpan{byte}, string)"/>
    public static IReadOnlyList<string> Read(ReadOnlySpan<byte> file, string source, IReadOnlyList<string> required)
    {
        ArgumentNullException.ThrowIfNull(required);
        if (file.Count((byte)'\n') > MaxTokens)
            throw Rejected(source, $"at most {MaxTokens} tokens", "more");
        string text;
        try
        {
            text = StrictEncoding.Utf8.GetString(file);
        }
        catch (DecoderFallbackException e)
        {
            throw Rejected(source, "UTF-8 text with one token per line", "bytes that are not UTF-8", e);
        }

        var tokens = text.Split('\n');
        // Empty lines at the end are no tokens.
        while (tokens.Length > 0 && tokens[^1].TrimEnd('\r').Length == 0)
            tokens = tokens[..^1];
        var ids = new Dictionary<string, int>(tokens.Length, StringComparer.Ordinal);
        for (var id = 0; id < tokens.Length; id++)
        {
            tokens[id] = tokens[id].TrimEnd('\r');
            if (!ids.TryAdd(tokens[id], id))
                throw Rejected(source, "every token once", $"'{tokens[id]}' on lines {ids[tokens[id]] + 1} and {id + 1}");
        }
        foreach (var token in required)
            if (!ids.ContainsKey(token))
                throw Rejected(source, $"the special tokens {string.Join(' ', required)}", $"no {token} among {tokens.Length} tokens");
        return tokens;
    }

    private static InputRejectedException Rejected(string source, string expected, string found, Exception? inner = null) =>
        new(ErrorRules.VocabularyInvalid, source, expected, found, "Use the vocab.txt of a BERT or DistilBERT model.", inner);
}
