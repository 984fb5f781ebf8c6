using System.Runtime.InteropServices;

namespace ImdbPipeline.Core.Tokenizing;

/// <summary>How often each word of the texts occurs, in bounded memory.</summary>
public sealed class WordCounts
{
    /// <summary>Longer words are no words: addresses, rows of dashes, keyboard noise.</summary>
    private const int MaxWordLength = 40;

    private readonly int maxWords;
    private readonly PackedCounts shorts = new();
    private readonly Dictionary<string, long> others = new(StringComparer.Ordinal);
    private long rare;

    /// <param name="maxWords">Beyond so many different words the rarest are forgotten (lossy counting, Manku and Motwani 2002).</param>
    public WordCounts(int maxWords = 4_000_000)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxWords, 1);
        this.maxWords = maxWords;
    }

    /// <summary>Different words.</summary>
    internal int Count => shorts.Count + others.Count;

    /// <summary>Every word once, in no order.</summary>
    internal IEnumerable<(string Word, long Count)> All() =>
        shorts.All().Select(word => (word.Word.ToString(), word.Count)).Concat(others.Select(word => (word.Key, word.Value)));

    public void Add(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        for (var words = new AsciiWords(text); words.MoveNext();)
        {
            if (words.Kind == RunKind.Mixed)
                AddNormalized(BertNormalization.Normalize(words.Run.ToString()));
            else if (words.Kind == RunKind.Punctuation)
                shorts.Add(PackedWord.Of(words.Run));
            else if (words.End - words.Start <= PackedWord.MaxLength)
                shorts.Add(words.Packed);
            else if (words.End - words.Start <= MaxWordLength)
                AddOther(words.Run.ToString().ToLowerInvariant());
        }
        ForgetRarest();
    }

    /// <summary>Adds the counts of other texts.</summary>
    internal void Add(WordCounts counted)
    {
        foreach (var (word, count) in counted.shorts.All())
            shorts.Add(word, count);
        foreach (var (word, count) in counted.others)
            AddOther(word, count);
        ForgetRarest();
    }

    private void AddNormalized(string run)
    {
        foreach (var (offset, length) in BertPreTokenizer.Instance.PreTokenize(run))
        {
            var word = run.AsSpan(offset, length);
            if (length <= PackedWord.MaxLength && System.Text.Ascii.IsValid(word))
                shorts.Add(PackedWord.Of(word));
            else if (length <= MaxWordLength)
                AddOther(word);
        }
    }

    private void AddOther(ReadOnlySpan<char> word, long times = 1) =>
        CollectionsMarshal.GetValueRefOrAddDefault(others.GetAlternateLookup<ReadOnlySpan<char>>(), word, out _) += times;

    private void ForgetRarest()
    {
        if (Count <= maxWords)
            return;
        // Which words go depends on their counts alone, so the result does not depend on the tables' order.
        for (; Count > maxWords / 2; rare++)
        {
            shorts.Forget(rare);
            foreach (var (word, count) in others)
                if (count <= rare)
                    others.Remove(word);
        }
    }
}
