using ImdbPipeline.Core.Training;
using Microsoft.ML.Tokenizers;

namespace ImdbPipeline.Core.Tokenizing;

/// <summary>
/// BERT's uncased WordPiece tokenizer, id for id as Hugging Face's. Safe to call from several threads.
/// </summary>
public sealed class WordPieceTokenizer
{
    private readonly BertTokenizer tokenizer;
    private readonly WordPieces pieces;
    private readonly Dictionary<string, int> specialIds;

    private WordPieceTokenizer(BertTokenizer tokenizer, IReadOnlyList<string> pieces)
    {
        this.tokenizer = tokenizer;
        Pieces = pieces;
        specialIds = pieces.Index().Where(piece => Vocabulary.SpecialPieces.Contains(piece.Item)).ToDictionary(piece => piece.Item, piece => piece.Index);
        SpecialIds = specialIds.Values.ToHashSet();
        this.pieces = new WordPieces(pieces, UnknownId);
    }

    /// <summary>The vocabulary in id order.</summary>
    public IReadOnlyList<string> Pieces { get; }

    /// <summary>The pieces that are no words.</summary>
    public IReadOnlySet<int> SpecialIds { get; }

    public int PaddingId => specialIds[Vocabulary.Padding];

    public int UnknownId => specialIds[Vocabulary.Unknown];

    public int ClassificationId => specialIds[Vocabulary.Classification];

    public int SeparatorId => specialIds[Vocabulary.Separator];

    public int MaskId => specialIds[Vocabulary.Mask];

    /// <param name="vocabulary">The bytes of a <c>vocab.txt</c>.</param>
    /// <param name="source">How the file is called in an error.</param>
    /// <exception cref="InputRejectedException">The bytes are no such vocabulary.</exception>
    public static WordPieceTokenizer Create(ReadOnlySpan<byte> vocabulary, string source = Vocabulary.FileName)
    {
        var pieces = Vocabulary.Read(vocabulary, source);
        // Written again, so that line ends and a missing last one are no matter.
        using var lines = new MemoryStream(Vocabulary.Write(pieces));
        return new WordPieceTokenizer(BertTokenizer.Create(lines, new BertOptions { PreTokenizer = BertPreTokenizer.Instance }), pieces);
    }

    /// <returns><c>[length]</c>: <c>[CLS]</c>, the text's word pieces, <c>[SEP]</c>; not truncated.</returns>
    public int[] Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var ids = new TokenList(text.Length / 4 + 2);
        ids.Add(ClassificationId);
        for (var words = new AsciiWords(text); words.MoveNext();)
        {
            if (words.Kind == RunKind.Word && words.End - words.Start <= PackedWord.MaxLength)
            {
                pieces.Add(ref ids, words.Packed, words.End - words.Start);
            }
            else if (words.Kind != RunKind.Punctuation)
            {
                AddExactly(ref ids, words.Run);
            }
            // A special piece written out in a text is that piece, as in Hugging Face's tokenizers.
            else if (text[words.Start] == '[' && SpecialPieceAt(text, words.Start) is { } piece)
            {
                ids.Add(specialIds[piece]);
                words.SkipTo(words.Start + piece.Length);
            }
            else
            {
                ids.Add(pieces.Alone(text[words.Start]));
            }
        }
        ids.Add(SeparatorId);
        var encoded = ids.ToArray();
        ids.Dispose();
        return encoded;
    }

    /// <returns><c>[length]</c>, at most <paramref name="maxLength"/> with <c>[CLS]</c> and <c>[SEP]</c>.</returns>
    public int[] Encode(string text, int maxLength, Truncation truncation) => TokenTruncation.Truncate(Encode(text), maxLength, truncation);

    private static string? SpecialPieceAt(string text, int at)
    {
        foreach (var piece in Vocabulary.SpecialPieces)
            if (string.CompareOrdinal(text, at, piece, 0, piece.Length) == 0)
                return piece;
        return null;
    }

    // What the fast way does not know: other characters than ASCII's, long words.
    private void AddExactly(ref TokenList ids, ReadOnlySpan<char> run)
    {
        foreach (var id in tokenizer.EncodeToIds(BertNormalization.Normalize(run.ToString()), addSpecialTokens: false, considerPreTokenization: true, considerNormalization: false))
            ids.Add(id);
    }
}
