namespace ImdbPipeline.Learning.Evaluating;

/// <summary>
/// Area under the ROC curve; 0.5 is chance level. With two labels the second is the positive one; with more, it is the unweighted
/// mean of one-vs-rest areas.
/// </summary>
internal static class RocAuc
{
    /// <param name="logits"><c>[texts][labels]</c></param>
    /// <param name="labels"><c>[texts]</c></param>
    /// <returns>0 to 1; null if only one label is present.</returns>
    public static double? Of(IReadOnlyList<float[]> logits, IReadOnlyList<int> labels, int labelCount)
    {
        var classes = labelCount == 2 ? [1] : Enumerable.Range(0, labelCount);
        return classes.Select(label => Of([.. logits.Select(row => LogOdds(row, label))], [.. labels.Select(actual => actual == label)])).Average();
    }

    /// <summary>Computed from the rank sum (Mann and Whitney 1947); tied scores get their mean rank.</summary>
    public static double? Of(double[] scores, bool[] positive)
    {
        long positives = positive.Count(isPositive => isPositive), negatives = positive.Length - positives;
        if (positives == 0 || negatives == 0)
            return null;
        Array.Sort(scores, positive);
        double ranks = 0;
        for (int at = 0, end; at < scores.Length; at = end)
        {
            end = at + 1;
            while (end < scores.Length && scores[end] == scores[at])
                end++;
            var middle = (at + 1 + end) / 2.0;
            ranks += middle * positive.AsSpan(at, end - at).Count(true);
        }

        return (ranks - positives * (positives + 1) / 2.0) / ((double)positives * negatives);
    }

    // Ranks like the probability, but does not round to 1 for very confident predictions.
    private static double LogOdds(float[] logits, int label) => logits[label] - Softmax.LogSumExp([.. logits.Where((_, other) => other != label)]);
}
