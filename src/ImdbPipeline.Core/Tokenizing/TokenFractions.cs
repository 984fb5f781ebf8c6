namespace ImdbPipeline.Core.Tokenizing;

/// <summary>Cuts the token ids of a long review into rows a model can read, each with <c>[CLS]</c> and <c>[SEP]</c> (Sun et al. 2019).</summary>
public static class TokenFractions
{
    /// <summary>The most rows of one review; what is longer is cut off at the end.</summary>
    public const int Most = 16;

    /// <param name="ids"><c>[length]</c>, with <c>[CLS]</c> first and <c>[SEP]</c> last.</param>
    /// <param name="length">Of a row at most, both special ones included; at least 3.</param>
    public static IReadOnlyList<int[]> Of(int[] ids, int length)
    {
        ArgumentNullException.ThrowIfNull(ids);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 3);
        if (ids.Length <= length)
            return [ids];
        var rows = new List<int[]>();
        for (var at = 1; at < ids.Length - 1 && rows.Count < Most; at += length - 2)
            rows.Add([ids[0], .. ids.AsSpan(at, Math.Min(length - 2, ids.Length - 1 - at)), ids[^1]]);
        return rows;
    }

    /// <summary>How long a review may be before something is cut off, in word pieces with <c>[CLS]</c> and <c>[SEP]</c>.</summary>
    public static int MaxLength(int length) => Most * (length - 2) + 2;
}
