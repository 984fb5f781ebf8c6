namespace ImdbPipeline.Core.Tokenizing;

/// <summary>
/// Builds a WordPiece vocabulary from word counts as Hugging Face's <c>WordPieceTrainer</c> does: characters first, then
/// again and again the most frequent pair of neighbouring pieces joined to a new piece. Ties go to the pair with the smaller
/// ids, so equal counts give equal vocabularies.
/// </summary>
public static class VocabularyBuilder
{
    public const string Continuation = "##";

    /// <summary>At most so many different characters get a piece; words of rarer ones become <c>[UNK]</c>.</summary>
    private const int MaxCharacters = 1000;

    private const int MinPairCount = 2;

    /// <param name="size">At most so many pieces; fewer where the texts give no more, more only where the characters alone are more.</param>
    /// <returns>The pieces in id order; the special ones first, <c>[PAD]</c> being 0.</returns>
    public static IReadOnlyList<string> Build(WordCounts words, int size, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(words);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, Vocabulary.SpecialPieces.Count);
        var pieces = new List<string>(Vocabulary.SpecialPieces);
        var merges = new PieceMerges(pieces);
        var alphabet = Alphabet(words.Counts);
        foreach (var piece in words.Counts.SelectMany(word => Characters(word.Key)).Distinct().Where(piece => alphabet.Contains(Bare(piece))).Order(StringComparer.Ordinal))
            merges.AddPiece(piece);
        foreach (var (word, count) in words.Counts.OrderByDescending(word => word.Value).ThenBy(word => word.Key, StringComparer.Ordinal))
            if (Characters(word).ToArray() is var characters && characters.All(piece => alphabet.Contains(Bare(piece))))
                merges.AddWord(characters, count);

        while (pieces.Count < size && merges.JoinMostFrequent(MinPairCount))
            cancellationToken.ThrowIfCancellationRequested();
        return pieces;
    }

    private static HashSet<string> Alphabet(IReadOnlyDictionary<string, long> words)
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var (word, count) in words)
            foreach (var piece in Characters(word))
                counts[Bare(piece)] = counts.GetValueOrDefault(Bare(piece)) + count;
        return counts.OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal)
            .Take(MaxCharacters).Select(c => c.Key).ToHashSet(StringComparer.Ordinal);
    }

    private static string Bare(string piece) => piece.StartsWith(Continuation, StringComparison.Ordinal) && piece.Length > 2 ? piece[2..] : piece;

    private static IEnumerable<string> Characters(string word)
    {
        var first = true;
        foreach (var rune in word.EnumerateRunes())
        {
            yield return first ? rune.ToString() : Continuation + rune;
            first = false;
        }
    }
}
