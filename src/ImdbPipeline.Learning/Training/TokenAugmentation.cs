namespace ImdbPipeline.Learning.Training;

/// <param name="MaxLength">Longer reviews are cropped at a random place; in word pieces.</param>
/// <param name="WordDropout">The share of word pieces replaced by <paramref name="MaskTokenId"/>.</param>
public sealed record TokenAugmentation(int MaxLength, double WordDropout, int MaskTokenId)
{
    /// <param name="random">Of this example and epoch alone.</param>
    public int[] Apply(int[] tokenIds, Random random)
    {
        ArgumentNullException.ThrowIfNull(tokenIds);
        ArgumentNullException.ThrowIfNull(random);
        var cropped = TokenWindow.Crop(tokenIds, MaxLength, random).ToArray();
        for (var i = 1; i < cropped.Length - 1; i++)
        {
            if (random.NextDouble() < WordDropout)
                cropped[i] = MaskTokenId;
        }

        return cropped;
    }
}
