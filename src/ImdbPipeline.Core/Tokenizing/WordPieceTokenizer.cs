using ImdbPipeline.Core.Foundation;
using Microsoft.ML.Tokenizers;

namespace ImdbPipeline.Core.Tokenizing;

/// <summary>
/// BERT's uncased WordPiece tokenizer; produces the same ids as Hugging Face's. Thread-safe.
/// </summary>
public sealed class WordPieceTokenizer
{
    private readonly BertTokenizer tokenizer;
    private readonly ShortWordTokenizer shortWords;
    private readonly Dictionary<string, int> specialIds;

    private WordPieceTokenizer(BertTokenizer tokenizer, IReadOnlyList<string> tokens)
    {
        this.tokenizer = tokenizer;
        Tokens = tokens;
        specialIds = tokens.Index().Where(token => Vocabulary.SpecialTokens.Contains(token.Item)).ToDictionary(token => token.Item, token => token.Index);
        SpecialTokenIds = specialIds.Values.ToHashSet();
        shortWords = new ShortWordTokenizer(tokens, UnknownId);
    }

    /// <summary>The vocabulary in id order.</summary>
    public IReadOnlyList<string> Tokens { get; }

    /// <summary>Ids of the special tokens.</summary>
    public IReadOnlySet<int> SpecialTokenIds { get; }

    public int PaddingId => specialIds[Vocabulary.Padding];

    public int UnknownId => specialIds[Vocabulary.Unknown];

    public int ClassificationId => specialIds[Vocabulary.Classification];

    public int SeparatorId => specialIds[Vocabulary.Separator];

    public int MaskId => specialIds[Vocabulary.Mask];

    /// <param name="vocabulary">Content of a <c>vocab.txt</c>.</param>
    /// <param name="source">File name used in error messages.</param>
    /// <exception cref="InputRejectedException">The vocabulary is invalid; see <see cref="Vocabulary.Read"/>.</exception>
    public static WordPieceTokenizer Create(ReadOnlySpan<byte> vocabulary, string source = Vocabulary.FileName)
    {
        var tokens = Vocabulary.Read(vocabulary, source);
        // Written again to normalize line endings.
        using var lines = new MemoryStream(Vocabulary.Write(tokens));
        return new WordPieceTokenizer(BertTokenizer.Create(lines, new BertOptions { PreTokenizer = BertPreTokenizer.Instance }), tokens);
    }

    /// <returns><c>[tokens]</c>: <c>[CLS]</c>, the text's tokens, <c>[SEP]</c>; not truncated.</returns>
    public int[] Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var ids = new TokenList(text.Length / 4 + 2);
        ids.Add(ClassificationId);
        for (var words = new AsciiWords(text); words.MoveNext();)
        {
            if (words.Kind == RunKind.Word && words.End - words.Start <= PackedWord.MaxLength)
            {
                shortWords.Add(ref ids, words.Packed, words.End - words.Start);
            }
            else if (words.Kind != RunKind.Punctuation)
            {
                AddNormalized(ref ids, words.Run);
            }
            // A special token written out in the text becomes that token, as in Hugging Face's tokenizers.
            else if (text[words.Start] == '[' && FindSpecialToken(text, words.Start) is { } token)
            {
                ids.Add(specialIds[token]);
                words.SkipTo(words.Start + token.Length);
            }
            else
            {
                ids.Add(shortWords.PunctuationId(text[words.Start]));
            }
        }
        ids.Add(SeparatorId);
        var encoded = ids.ToArray();
        ids.Dispose();
        return encoded;
    }

    /// <returns><c>[tokens]</c>, at most <paramref name="maxLength"/> including <c>[CLS]</c> and <c>[SEP]</c>.</returns>
    public int[] Encode(string text, int maxLength, Truncation truncation) => TokenTruncation.Truncate(Encode(text), maxLength, truncation);

    private static string? FindSpecialToken(string text, int at)
    {
        foreach (var token in Vocabulary.SpecialTokens)
            if (string.CompareOrdinal(text, at, token, 0, token.Length) == 0)
                return token;
        return null;
    }

    // The slow path, for non-ASCII characters and long words.
    private void AddNormalized(ref TokenList ids, ReadOnlySpan<char> run)
    {
        foreach (var id in tokenizer.EncodeToIds(BertNormalization.Normalize(run.ToString()), addSpecialTokens: false, considerPreTokenization: true, considerNormalization: false))
            ids.Add(id);
    }
}
