namespace ImdbPipeline.Learning.Training;

/// <param name="MaxLength">In tokens, including <c>[CLS]</c> and <c>[SEP]</c>. Longer texts are cropped to a random window.</param>
/// <param name="WordDropout">Fraction of tokens replaced by <paramref name="MaskTokenId"/>.</param>
public sealed record TokenAugmentation(int MaxLength, double WordDropout, int MaskTokenId)
{
    /// <param name="tokenIds">With <c>[CLS]</c> and <c>[SEP]</c>, which are kept.</param>
    /// <param name="random">Seeded for this example and epoch.</param>
    public int[] Apply(int[] tokenIds, Random random)
    {
        ArgumentNullException.ThrowIfNull(tokenIds);
        ArgumentNullException.ThrowIfNull(random);
        var cropped = Crop(tokenIds, random);
        for (var i = 1; i < cropped.Length - 1; i++)
        {
            if (random.NextDouble() < WordDropout)
                cropped[i] = MaskTokenId;
        }

        return cropped;
    }

    private int[] Crop(int[] tokenIds, Random random)
    {
        if (tokenIds.Length <= MaxLength)
            return [.. tokenIds];
        var room = MaxLength - 2;
        return [tokenIds[0], .. tokenIds.AsSpan(random.Next(1, tokenIds.Length - room), room), tokenIds[^1]];
    }
}
