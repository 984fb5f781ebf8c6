namespace ImdbPipeline.Learning.Evaluating;

/// <summary>Precision, recall and F1 of a label; null where the denominator is zero.</summary>
/// <param name="Texts">Number of texts with this label.</param>
/// <param name="Precision">Fraction of the texts predicted as this label that have it, 0 to 1.</param>
/// <param name="Recall">Fraction of the texts with this label that are predicted as such, 0 to 1.</param>
/// <param name="F1">Harmonic mean of precision and recall, 0 to 1.</param>
public sealed record LabelMetrics(int Texts, double? Precision, double? Recall, double? F1)
{
    /// <param name="confusion">Counts, <c>[true label][predicted label]</c>.</param>
    public static LabelMetrics Of(IReadOnlyList<IReadOnlyList<int>> confusion, int label)
    {
        ArgumentNullException.ThrowIfNull(confusion);
        int correct = confusion[label][label], actual = confusion[label].Sum(), predicted = confusion.Sum(row => row[label]);
        return new LabelMetrics(actual, Ratio(correct, predicted), Ratio(correct, actual), Ratio(2 * correct, actual + predicted));
    }

    private static double? Ratio(int numerator, int denominator) => denominator == 0 ? null : (double)numerator / denominator;
}
