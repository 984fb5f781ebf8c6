using System.Runtime.InteropServices;
using System.Text;

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
        var counted = words.All().ToList();
        var alphabet = AddCharacters(counted, merges);
        var characters = new List<int>();
        foreach (var (word, count) in counted)
            if (TrySpell(word, alphabet, characters))
                merges.AddWord(CollectionsMarshal.AsSpan(characters), count);

        while (pieces.Count < size && merges.JoinMostFrequent(MinPairCount))
            cancellationToken.ThrowIfCancellationRequested();
        return pieces;
    }

    /// <returns>The ids of the characters that have pieces, by whether the character begins a word.</returns>
    private static Dictionary<(Rune Character, bool Begins), int> AddCharacters(List<(string Word, long Count)> words, PieceMerges merges)
    {
        var counts = new Dictionary<Rune, long>();
        var places = new HashSet<(Rune Character, bool Begins)>();
        foreach (var (word, count) in words)
        {
            var begins = true;
            foreach (var character in word.EnumerateRunes())
            {
                CollectionsMarshal.GetValueRefOrAddDefault(counts, character, out _) += count;
                places.Add((character, begins));
                begins = false;
            }
        }
        var alphabet = counts.OrderByDescending(c => c.Value).ThenBy(c => c.Key.ToString(), StringComparer.Ordinal).Take(MaxCharacters).Select(c => c.Key).ToHashSet();
        return places.Where(place => alphabet.Contains(place.Character))
            .Select(place => (Place: place, Piece: place.Begins ? place.Character.ToString() : Continuation + place.Character))
            .OrderBy(piece => piece.Piece, StringComparer.Ordinal)
            .ToDictionary(piece => piece.Place, piece => merges.AddPiece(piece.Piece));
    }

    /// <returns>False where a character has no piece.</returns>
    private static bool TrySpell(string word, Dictionary<(Rune Character, bool Begins), int> alphabet, List<int> characters)
    {
        characters.Clear();
        foreach (var character in word.EnumerateRunes())
        {
            if (!alphabet.TryGetValue((character, characters.Count == 0), out var id))
                return false;
            characters.Add(id);
        }
        return true;
    }
}
