using ImdbPipeline.Learning.ModelFolders;

namespace ImdbPipeline.Learning.Training;

/// <summary>Cuts texts to half of their length in the first epochs: most of what an encoder learns there does not need whole texts.</summary>
/// <param name="Count">Number of these epochs.</param>
/// <param name="Treatment">For these epochs.</param>
public sealed record ShortEpochs(int Count, TextPreprocessing Treatment)
{
    private const int MinLength = 8;

    /// <param name="treatment">For the other epochs.</param>
    public static ShortEpochs Of(int count, TextPreprocessing treatment)
    {
        ArgumentNullException.ThrowIfNull(treatment);
        return new ShortEpochs(count, treatment with { MaxLength = Math.Max(MinLength, treatment.MaxLength / 2) });
    }

    public int[] Cut(int[] tokenIds, int epoch) => epoch < Count ? Treatment.Truncate(tokenIds) : tokenIds;
}
