namespace ImdbPipeline.Learning.Data;

/// <summary>
/// The validation texts in two halves, by a hash of each text: one for everything that is fitted to validation texts, one to judge
/// what was fitted. With few texts both are the whole.
/// </summary>
/// <param name="Fit">Positions in the split, ascending.</param>
/// <param name="Judge">Positions in the split, ascending.</param>
public sealed record ValidationHalves(IReadOnlyList<int> Fit, IReadOnlyList<int> Judge)
{
    private const int MinTexts = 400;

    public static ValidationHalves Of(LabelledTokens validation)
    {
        ArgumentNullException.ThrowIfNull(validation);
        var all = Enumerable.Range(0, validation.Labels.Count).ToArray();
        return all.Length < MinTexts || validation.Hashes.Count == 0
            ? new ValidationHalves(all, all)
            : new ValidationHalves([.. all.Where(i => validation.Hashes[i] % 2 == 0)], [.. all.Where(i => validation.Hashes[i] % 2 == 1)]);
    }
}
