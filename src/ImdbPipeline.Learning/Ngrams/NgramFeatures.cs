namespace ImdbPipeline.Learning.Ngrams;

/// <summary>Hashes the n-grams of one to three tokens of a text.</summary>
public static class NgramFeatures
{
    /// <summary>Features are below <c>2^Bits</c>.</summary>
    public const int Bits = 24;

    /// <summary>Tokens of the longest n-grams.</summary>
    public const int MaxTokens = 3;

    /// <param name="tokenIds">With <c>[CLS]</c> and <c>[SEP]</c>, which are skipped.</param>
    /// <returns>Distinct features in ascending order.</returns>
    public static int[] Of(int[] tokenIds)
    {
        ArgumentNullException.ThrowIfNull(tokenIds);
        var features = new int[Math.Max(0, tokenIds.Length - 2) * MaxTokens];
        var count = 0;
        for (var i = 1; i < tokenIds.Length - 1; i++)
        {
            ulong ngram = 0;
            for (var n = 0; n < MaxTokens && i + n < tokenIds.Length - 1; n++)
            {
                ngram = Mix(ngram ^ Mix((ulong)tokenIds[i + n] + 1));
                features[count++] = (int)(ngram >> (64 - Bits));
            }
        }

        Array.Sort(features, 0, count);
        var distinct = 0;
        for (var i = 0; i < count; i++)
        {
            if (i == 0 || features[i] != features[i - 1])
                features[distinct++] = features[i];
        }

        return features[..distinct];
    }

    /// <summary>The finalizer of SplitMix64.</summary>
    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
