namespace ImdbPipeline.Learning.Evaluating;

/// <summary>How well one label is told from the others; a figure is null where nothing was predicted or nothing is there.</summary>
/// <param name="Reviews">That carry it.</param>
/// <param name="Precision">Of the reviews predicted to carry it, the share that does, 0 to 1.</param>
/// <param name="Recall">Of the reviews that carry it, the share predicted so, 0 to 1.</param>
/// <param name="F1">Harmonic mean of both, 0 to 1.</param>
public sealed record LabelQuality(int Reviews, double? Precision, double? Recall, double? F1)
{
    /// <param name="confusion"><c>[true label][predicted label]</c> counts.</param>
    public static LabelQuality Of(IReadOnlyList<IReadOnlyList<int>> confusion, int label)
    {
        ArgumentNullException.ThrowIfNull(confusion);
        int right = confusion[label][label], there = confusion[label].Sum(), predicted = confusion.Sum(row => row[label]);
        return new LabelQuality(there, Share(right, predicted), Share(right, there), Share(2 * right, there + predicted));
    }

    private static double? Share(int part, int whole) => whole == 0 ? null : (double)part / whole;
}
