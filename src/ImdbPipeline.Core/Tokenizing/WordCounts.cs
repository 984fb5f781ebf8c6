using System.Runtime.InteropServices;

namespace ImdbPipeline.Core.Tokenizing;

/// <summary>Counts the words of texts in bounded memory.</summary>
public sealed class WordCounts
{
    /// <summary>Longer words are skipped: they are URLs, rows of dashes or noise.</summary>
    private const int MaxWordLength = 40;

    private readonly int maxWords;
    private readonly PackedCounts shortWords = new();
    private readonly Dictionary<string, long> otherWords = new(StringComparer.Ordinal);
    private long rareThreshold;

    /// <param name="maxWords">Above this many distinct words the rarest are dropped (lossy counting, Manku and Motwani 2002).</param>
    public WordCounts(int maxWords = 4_000_000)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxWords, 1);
        this.maxWords = maxWords;
    }

    /// <summary>Number of distinct words.</summary>
    internal int Count => shortWords.Count + otherWords.Count;

    /// <summary>Every word once, in no particular order.</summary>
    internal IEnumerable<(string Word, long Count)> All() =>
        shortWords.All().Select(word => (word.Word.ToString(), word.Count)).Concat(otherWords.Select(word => (word.Key, word.Value)));

    public void Add(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        for (var words = new AsciiWords(text, lowercase: true); words.MoveNext();)
        {
            if (words.Kind == RunKind.Mixed)
                AddNormalized(BertNormalizer.Uncased.Normalize(words.Run.ToString()));
            else if (words.Kind == RunKind.Punctuation)
                shortWords.Add(PackedWord.Of(words.Run));
            else if (words.End - words.Start <= PackedWord.MaxLength)
                shortWords.Add(words.Packed);
            else if (words.End - words.Start <= MaxWordLength)
                AddOther(words.Run.ToString().ToLowerInvariant());
        }
        RemoveRarest();
    }

    /// <summary>Adds the counts of other texts.</summary>
    internal void Add(WordCounts other)
    {
        foreach (var (word, count) in other.shortWords.All())
            shortWords.Add(word, count);
        foreach (var (word, count) in other.otherWords)
            AddOther(word, count);
        RemoveRarest();
    }

    private void AddNormalized(string run)
    {
        foreach (var range in BertPreTokenizer.Split(run))
        {
            var word = run.AsSpan(range);
            if (word.Length <= PackedWord.MaxLength && System.Text.Ascii.IsValid(word))
                shortWords.Add(PackedWord.Of(word));
            else if (word.Length <= MaxWordLength)
                AddOther(word);
        }
    }

    private void AddOther(ReadOnlySpan<char> word, long times = 1) =>
        CollectionsMarshal.GetValueRefOrAddDefault(otherWords.GetAlternateLookup<ReadOnlySpan<char>>(), word, out _) += times;

    private void RemoveRarest()
    {
        if (Count <= maxWords)
            return;
        // Words are removed by count alone, so the result does not depend on the order in the tables.
        for (; Count > maxWords / 2; rareThreshold++)
        {
            shortWords.RemoveRare(rareThreshold);
            foreach (var (word, count) in otherWords)
                if (count <= rareThreshold)
                    otherWords.Remove(word);
        }
    }
}
