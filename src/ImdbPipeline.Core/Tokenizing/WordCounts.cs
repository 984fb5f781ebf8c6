using System.Runtime.InteropServices;

namespace ImdbPipeline.Core.Tokenizing;

/// <summary>How often each word of the texts occurs, in bounded memory.</summary>
public sealed class WordCounts
{
    /// <summary>Longer words are no words: addresses, rows of dashes, keyboard noise.</summary>
    private const int MaxWordLength = 40;

    private readonly int maxWords;
    private readonly Dictionary<string, long> counts = new(StringComparer.Ordinal);
    private long rare;

    /// <param name="maxWords">Beyond so many different words the rarest are forgotten (lossy counting, Manku and Motwani 2002).</param>
    public WordCounts(int maxWords = 4_000_000)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxWords, 1);
        this.maxWords = maxWords;
    }

    internal IReadOnlyDictionary<string, long> Counts => counts;

    public void Add(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var normal = BertNormalization.Normalize(text);
        var words = counts.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var (offset, length) in BertPreTokenizer.Instance.PreTokenize(normal))
            if (length <= MaxWordLength)
                CollectionsMarshal.GetValueRefOrAddDefault(words, normal.AsSpan(offset, length), out _)++;
        if (counts.Count > maxWords)
            ForgetRarest();
    }

    private void ForgetRarest()
    {
        // Which words go depends on their counts alone, so the result does not depend on the dictionary's order.
        for (; counts.Count > maxWords / 2; rare++)
            foreach (var (word, count) in counts)
                if (count <= rare)
                    counts.Remove(word);
    }
}
