namespace ImdbPipeline.Core.Tokenizing;

/// <summary>Truncates token ids to the model's maximum length; <c>[CLS]</c> stays first and <c>[SEP]</c> last (Sun et al. 2019).</summary>
public static class TokenTruncation
{
    /// <param name="ids"><c>[length]</c>, with <c>[CLS]</c> first and <c>[SEP]</c> last.</param>
    /// <param name="maxLength">In tokens, including <c>[CLS]</c> and <c>[SEP]</c>; at least 3.</param>
    /// <returns><paramref name="ids"/> itself if it is short enough.</returns>
    public static int[] Truncate(int[] ids, int maxLength, Truncation truncation)
    {
        ArgumentNullException.ThrowIfNull(ids);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLength, 3);
        if (ids.Length <= maxLength)
            return ids;

        var room = maxLength - 2;
        var head = truncation switch
        {
            Truncation.Head => room,
            Truncation.Tail => 0,
            // 128 of the 510 text tokens at maximum length 512, scaled to other lengths.
            Truncation.HeadTail => room * 128 / 510,
            _ => throw new ArgumentOutOfRangeException(nameof(truncation), truncation, null),
        };
        return [ids[0], .. ids.AsSpan(1, head), .. ids.AsSpan(ids.Length - 1 - (room - head), room - head), ids[^1]];
    }
}
