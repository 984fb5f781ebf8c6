using System.Runtime.InteropServices;
using System.Text;

namespace ImdbPipeline.Core.Tokenizing;

/// <summary>
/// Builds a WordPiece vocabulary from word counts as Hugging Face's <c>WordPieceTrainer</c> does: starts with characters,
/// then repeatedly merges the most frequent pair of adjacent tokens. Ties go to the pair with the smaller ids, so equal
/// counts give equal vocabularies.
/// </summary>
public static class VocabularyBuilder
{
    public const string Continuation = "##";

    /// <summary>Only this many characters, the most frequent ones, become tokens; words with other characters become <c>[UNK]</c>.</summary>
    private const int MaxCharacters = 1000;

    private const int MinPairCount = 2;

    /// <param name="size">Target size: fewer tokens if the texts yield no more, more only if the characters alone exceed it.</param>
    /// <returns>The tokens in id order, special tokens first; <c>[PAD]</c> is 0.</returns>
    public static IReadOnlyList<string> Build(WordCounts words, int size, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(words);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, Vocabulary.SpecialTokens.Count);
        var tokens = new List<string>(Vocabulary.SpecialTokens);
        var merges = new TokenMerges(tokens);
        var wordCounts = words.All().ToList();
        var alphabet = AddCharacters(wordCounts, merges);
        var characters = new List<int>();
        foreach (var (word, count) in wordCounts)
            if (TrySpell(word, alphabet, characters))
                merges.AddWord(CollectionsMarshal.AsSpan(characters), count);

        while (tokens.Count < size && merges.MergeMostFrequent(MinPairCount))
            cancellationToken.ThrowIfCancellationRequested();
        return tokens;
    }

    /// <returns>Token ids of the kept characters, separately for the start of a word and inside a word.</returns>
    private static Dictionary<(Rune Character, bool IsStart), int> AddCharacters(List<(string Word, long Count)> words, TokenMerges merges)
    {
        var counts = new Dictionary<Rune, long>();
        var places = new HashSet<(Rune Character, bool IsStart)>();
        foreach (var (word, count) in words)
        {
            var isStart = true;
            foreach (var character in word.EnumerateRunes())
            {
                CollectionsMarshal.GetValueRefOrAddDefault(counts, character, out _) += count;
                places.Add((character, isStart));
                isStart = false;
            }
        }
        var alphabet = counts.OrderByDescending(c => c.Value).ThenBy(c => c.Key.ToString(), StringComparer.Ordinal).Take(MaxCharacters).Select(c => c.Key).ToHashSet();
        return places.Where(place => alphabet.Contains(place.Character))
            .Select(place => (Place: place, Token: place.IsStart ? place.Character.ToString() : Continuation + place.Character))
            .OrderBy(entry => entry.Token, StringComparer.Ordinal)
            .ToDictionary(entry => entry.Place, entry => merges.AddToken(entry.Token));
    }

    /// <returns>False if a character has no token.</returns>
    private static bool TrySpell(string word, Dictionary<(Rune Character, bool IsStart), int> alphabet, List<int> characters)
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
