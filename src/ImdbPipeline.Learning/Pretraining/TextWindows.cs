namespace ImdbPipeline.Learning.Pretraining;

/// <summary>Splits texts into consecutive, non-overlapping rows.</summary>
internal static class TextWindows
{
    /// <summary>Shorter remainders are dropped: they have too little context to learn from.</summary>
    private const int MinLength = 8;

    /// <param name="texts">Untruncated token IDs with <c>[CLS]</c> and <c>[SEP]</c>.</param>
    /// <param name="length">Max row length, including <c>[CLS]</c> and <c>[SEP]</c>.</param>
    public static int[][] Of(IEnumerable<int[]> texts, int length) => [.. texts.SelectMany(ids => Cut(ids, length - 2))];

    private static IEnumerable<int[]> Cut(int[] ids, int room)
    {
        for (var at = 1; at < ids.Length - 1; at += room)
        {
            var take = Math.Min(room, ids.Length - 1 - at);
            if (take == room || take >= MinLength || at == 1)
                yield return [ids[0], .. ids.AsSpan(at, take), ids[^1]];
        }
    }
}
