namespace ImdbPipeline.Core.Tokenizing;

/// <summary>Splits a long text's token ids into rows that fit the model, each with <c>[CLS]</c> and <c>[SEP]</c> (Sun et al. 2019).</summary>
public static class TokenFractions
{
    /// <summary>Maximum number of rows per text; the rest of the text is cut off.</summary>
    public const int MaxRows = 16;

    /// <param name="ids"><c>[tokens]</c>, with <c>[CLS]</c> first and <c>[SEP]</c> last.</param>
    /// <param name="length">Maximum tokens per row, including <c>[CLS]</c> and <c>[SEP]</c>; at least 3.</param>
    public static IReadOnlyList<int[]> Of(int[] ids, int length)
    {
        ArgumentNullException.ThrowIfNull(ids);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 3);
        if (ids.Length <= length)
            return [ids];
        var rows = new List<int[]>();
        for (var at = 1; at < ids.Length - 1 && rows.Count < MaxRows; at += length - 2)
            rows.Add([ids[0], .. ids.AsSpan(at, Math.Min(length - 2, ids.Length - 1 - at)), ids[^1]]);
        return rows;
    }

    /// <summary>The longest text that is not cut off, in tokens including <c>[CLS]</c> and <c>[SEP]</c>.</summary>
    public static int MaxLength(int length) => MaxRows * (length - 2) + 2;
}
