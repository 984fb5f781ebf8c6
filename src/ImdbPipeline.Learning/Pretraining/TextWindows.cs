namespace ImdbPipeline.Learning.Pretraining;

/// <summary>Cuts reviews into rows of a given length, one after the other, so that every word piece is read once an epoch.</summary>
internal static class TextWindows
{
    /// <summary>A shorter rest has too little around it to learn from.</summary>
    private const int Least = 8;

    /// <param name="reviews">Token ids with <c>[CLS]</c> first and <c>[SEP]</c> last, not truncated.</param>
    /// <param name="length">Of a row at most, both included.</param>
    public static int[][] Of(IEnumerable<int[]> reviews, int length) => [.. reviews.SelectMany(ids => Cut(ids, length - 2))];

    private static IEnumerable<int[]> Cut(int[] ids, int room)
    {
        for (var at = 1; at < ids.Length - 1; at += room)
        {
            var take = Math.Min(room, ids.Length - 1 - at);
            if (take == room || take >= Least || at == 1)
                yield return [ids[0], .. ids.AsSpan(at, take), ids[^1]];
        }
    }
}
