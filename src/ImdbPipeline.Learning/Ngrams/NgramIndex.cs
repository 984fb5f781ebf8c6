using System.Numerics;

namespace ImdbPipeline.Learning.Ngrams;

/// <summary>The features a model has weights for. Each has a position among them, in ascending order.</summary>
public sealed class NgramIndex
{
    private const int WordBits = 64;

    private readonly ulong[] known = new ulong[(1 << NgramFeatures.Bits) / WordBits];

    // Number of known features before each word.
    private readonly int[] before;

    /// <param name="features">From <see cref="NgramFeatures"/>.</param>
    public NgramIndex(IEnumerable<int> features)
    {
        ArgumentNullException.ThrowIfNull(features);
        foreach (var feature in features)
            known[feature / WordBits] |= 1ul << (feature % WordBits);
        before = new int[known.Length];
        for (var i = 0; i < known.Length; i++)
        {
            before[i] = Count;
            Count += BitOperations.PopCount(known[i]);
        }
    }

    public int Count { get; }

    /// <summary>The features, ascending.</summary>
    public IEnumerable<int> Features => Enumerable.Range(0, 1 << NgramFeatures.Bits).Where(feature => (known[feature / WordBits] >> (feature % WordBits) & 1) != 0);

    /// <summary>Keeps the features of at least three texts (two, if there are few texts), or of more texts if there were more than <paramref name="maxCount"/>.</summary>
    /// <param name="texts">Features of each text.</param>
    public static NgramIndex Of(IReadOnlyCollection<int[]> texts, int maxCount)
    {
        const int FewTexts = 100;
        ArgumentNullException.ThrowIfNull(texts);
        var counts = new int[1 << NgramFeatures.Bits];
        foreach (var text in texts)
            foreach (var feature in text)
                counts[feature]++;
        var withCount = new int[Math.Max(texts.Count, FewTexts) + 1];
        foreach (var count in counts)
            withCount[count]++;
        var (min, kept) = (0, counts.Length);
        while (min < (texts.Count < FewTexts ? 2 : 3) || kept > maxCount)
            kept -= withCount[min++];
        return new NgramIndex(Enumerable.Range(0, counts.Length).Where(feature => counts[feature] >= min));
    }

    /// <returns>The positions of the known features, ascending.</returns>
    public int[] Positions(int[] features)
    {
        ArgumentNullException.ThrowIfNull(features);
        var positions = new int[features.Length];
        var count = 0;
        foreach (var feature in features)
        {
            var (word, bit) = (known[feature / WordBits], 1ul << (feature % WordBits));
            if ((word & bit) != 0)
                positions[count++] = before[feature / WordBits] + BitOperations.PopCount(word & (bit - 1));
        }

        return positions[..count];
    }
}
