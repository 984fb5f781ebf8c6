using System.Text;

namespace ImdbPipeline.Core.Tokenizing;

/// <summary>The file <c>vocab.txt</c>: one word piece a line, its id the line's number from 0; continuing pieces begin with <c>##</c>.</summary>
public static class Vocabulary
{
    public const string FileName = "vocab.txt";

    public const string Padding = "[PAD]";
    public const string Unknown = "[UNK]";
    public const string Classification = "[CLS]";
    public const string Separator = "[SEP]";
    public const string Mask = "[MASK]";

    /// <summary>The first five lines of a vocabulary made here, so that padding is 0.</summary>
    public static IReadOnlyList<string> SpecialPieces { get; } = [Padding, Unknown, Classification, Separator, Mask];

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static byte[] Write(IEnumerable<string> pieces)
    {
        ArgumentNullException.ThrowIfNull(pieces);
        var lines = new StringBuilder();
        foreach (var piece in pieces)
            lines.Append(piece).Append('\n');
        return StrictUtf8.GetBytes(lines.ToString());
    }

    /// <param name="source">How the file is called in an error.</param>
    /// <exception cref="InputRejectedException">Not UTF-8, a piece twice, or a special piece missing.</exception>
    public static IReadOnlyList<string> Read(ReadOnlySpan<byte> file, string source)
    {
        string text;
        try
        {
            text = StrictUtf8.GetString(file);
        }
        catch (DecoderFallbackException e)
        {
            throw Rejected(source, "UTF-8 text, one word piece a line", "bytes that are no UTF-8", e);
        }

        var pieces = text.Split('\n');
        // The last line may or may not end in a line feed.
        if (pieces[^1].Length == 0)
            pieces = pieces[..^1];
        var ids = new Dictionary<string, int>(pieces.Length, StringComparer.Ordinal);
        for (var id = 0; id < pieces.Length; id++)
        {
            pieces[id] = pieces[id].TrimEnd('\r');
            if (!ids.TryAdd(pieces[id], id))
                throw Rejected(source, "every word piece once", $"'{pieces[id]}' on the lines {ids[pieces[id]] + 1} and {id + 1}");
        }
        foreach (var piece in SpecialPieces)
            if (!ids.ContainsKey(piece))
                throw Rejected(source, $"the special pieces {string.Join(' ', SpecialPieces)}", $"no {piece} among {pieces.Length} pieces");
        return pieces;
    }

    private static InputRejectedException Rejected(string source, string expected, string found, Exception? inner = null) =>
        new("vocabulary-invalid", source, expected, found, "Use the vocab.txt of a BERT or DistilBERT model.", inner);
}
