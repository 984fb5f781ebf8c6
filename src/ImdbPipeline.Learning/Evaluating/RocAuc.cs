namespace ImdbPipeline.Learning.Evaluating;

/// <summary>
/// The area under the ROC curve: how often a review that carries a label is found likelier to carry it than one that does
/// not; 0.5 is guessing. Of two labels the second counts, of more the average of each against the rest, without weights.
/// </summary>
internal static class RocAuc
{
    /// <param name="logits"><c>[reviews][labels]</c></param>
    /// <param name="labels"><c>[reviews]</c></param>
    /// <returns>0 to 1; null where no label is both present and absent.</returns>
    public static double? Of(IReadOnlyList<float[]> logits, IReadOnlyList<int> labels, int labelCount)
    {
        var judged = labelCount == 2 ? [1] : Enumerable.Range(0, labelCount);
        return judged.Select(label => Of([.. logits.Select(row => LogOdds(row, label))], [.. labels.Select(own => own == label)])).Average();
    }

    /// <summary>By the ranks' sum (Mann and Whitney 1947); equal scores share the mean of their ranks.</summary>
    public static double? Of(double[] scores, bool[] positive)
    {
        long positives = positive.Count(own => own), negatives = positive.Length - positives;
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

    // Grows with the probability, but does not round to 1 where the model is very sure.
    private static double LogOdds(float[] logits, int label) => logits[label] - Softmax.LogSumExp(logits.Where((_, other) => other != label));
}
