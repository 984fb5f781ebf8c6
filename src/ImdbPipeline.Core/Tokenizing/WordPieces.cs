namespace ImdbPipeline.Core.Tokenizing;

/// <summary>The word pieces of short ASCII words: again and again the longest one that fits (Schuster and Nakajima 2012).</summary>
internal sealed class WordPieces
{
    private readonly PieceTable first, continuing;
    private readonly int[] alone = new int[128];
    private readonly int unknown;

    public WordPieces(IReadOnlyList<string> pieces, int unknown)
    {
        this.unknown = unknown;
        Array.Fill(alone, unknown);
        var firsts = new List<(string, int)>();
        var continuations = new List<(string, int)>();
        foreach (var (id, piece) in pieces.Index())
        {
            var continues = piece.Length > VocabularyBuilder.Continuation.Length && piece.StartsWith(VocabularyBuilder.Continuation, StringComparison.Ordinal);
            var bare = continues ? piece[VocabularyBuilder.Continuation.Length..] : piece;
            if (piece.Length == 1 && char.IsAscii(piece[0]))
                alone[piece[0]] = id;
            if (bare.Length is > 0 and <= PackedWord.MaxLength && bare.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c)))
                (continues ? continuations : firsts).Add((bare, id));
        }
        first = new PieceTable(firsts);
        continuing = new PieceTable(continuations);
    }

    /// <summary>The id of an ASCII character that is a word by itself.</summary>
    public int Alone(char punctuation) => alone[punctuation];

    /// <param name="length">From 1 to <see cref="PackedWord.MaxLength"/>.</param>
    public void Add(ref TokenList ids, PackedWord word, int length)
    {
        if (first.Find(word) is >= 0 and var whole)
        {
            ids.Add(whole);
            return;
        }
        var before = ids.Count;
        for (var start = 0; start < length;)
        {
            var table = start == 0 ? first : continuing;
            var (fit, id) = (length - start, PieceTable.None);
            while (fit > 0 && (id = table.Find(word.Slice(start, fit))) == PieceTable.None)
                fit--;
            if (fit == 0)
            {
                ids.Cut(before);
                ids.Add(unknown);
                return;
            }
            ids.Add(id);
            start += fit;
        }
    }
}
