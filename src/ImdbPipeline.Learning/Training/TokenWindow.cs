using ImdbPipeline.Core.Training;

namespace ImdbPipeline.Learning.Training;

/// <summary>Cuts a review to the model's length; <c>[CLS]</c> and <c>[SEP]</c> always stay.</summary>
public static class TokenWindow
{
    /// <param name="tokenIds">With <c>[CLS]</c> first and <c>[SEP]</c> last.</param>
    /// <param name="maxLength">In word pieces, both included; at least 3.</param>
    public static int[] Cut(int[] tokenIds, int maxLength, Truncation truncation)
    {
        ArgumentNullException.ThrowIfNull(tokenIds);
        var room = maxLength - 2;
        if (tokenIds.Length <= maxLength)
            return tokenIds;
        // Sun et al. 2019: 128 from the head and 382 from the tail, of 510.
        var head = truncation switch
        {
            Truncation.Head => room,
            Truncation.Tail => 0,
            _ => (int)Math.Round(room * 128 / 510.0),
        };
        return [tokenIds[0], .. tokenIds.AsSpan(1, head), .. tokenIds.AsSpan(tokenIds.Length - 1 - (room - head), room - head), tokenIds[^1]];
    }

    /// <summary>A window somewhere in the review, so that each epoch sees another part of a long one.</summary>
    public static int[] Crop(int[] tokenIds, int maxLength, Random random)
    {
        ArgumentNullException.ThrowIfNull(tokenIds);
        ArgumentNullException.ThrowIfNull(random);
        var room = maxLength - 2;
        if (tokenIds.Length <= maxLength)
            return tokenIds;
        var start = random.Next(1, tokenIds.Length - room);
        return [tokenIds[0], .. tokenIds.AsSpan(start, room), tokenIds[^1]];
    }
}
