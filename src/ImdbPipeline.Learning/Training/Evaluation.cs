namespace ImdbPipeline.Learning.Training;

/// <summary>How well a model predicts the labels of a split.</summary>
/// <param name="Reviews">How many were predicted.</param>
/// <param name="Accuracy">The share predicted right, 0 to 1.</param>
/// <param name="Loss">Mean cross-entropy in nats.</param>
/// <param name="MacroF1">The labels' F1, averaged without weights, 0 to 1; labels neither present nor predicted are left out.</param>
/// <param name="Confusion"><c>[true label][predicted label]</c> counts.</param>
public sealed record Evaluation(int Reviews, double Accuracy, double Loss, double MacroF1, IReadOnlyList<IReadOnlyList<int>> Confusion)
{
    /// <param name="logits"><c>[reviews][labels]</c></param>
    /// <param name="labels"><c>[reviews]</c></param>
    public static Evaluation Of(IReadOnlyList<float[]> logits, IReadOnlyList<int> labels, int labelCount)
    {
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(labels);
        var confusion = Enumerable.Range(0, labelCount).Select(_ => new int[labelCount]).ToArray();
        double loss = 0;
        for (var i = 0; i < labels.Count; i++)
        {
            confusion[labels[i]][Array.IndexOf(logits[i], logits[i].Max())]++;
            loss += LogSumExp(logits[i]) - logits[i][labels[i]];
        }

        var right = Enumerable.Range(0, labelCount).Sum(l => confusion[l][l]);
        return new Evaluation(labels.Count, (double)right / labels.Count, loss / labels.Count, MacroAverage(confusion), confusion);
    }

    private static double MacroAverage(int[][] confusion)
    {
        var scores = Enumerable.Range(0, confusion.Length)
            .Select(l => (Right: confusion[l][l], Seen: confusion[l].Sum() + confusion.Sum(row => row[l])))
            .Where(l => l.Seen > 0)
            .Select(l => 2.0 * l.Right / l.Seen)
            .ToArray();
        return scores.Length == 0 ? 0 : scores.Average();
    }

    private static double LogSumExp(float[] logits)
    {
        double most = logits.Max();
        return most + Math.Log(logits.Sum(logit => Math.Exp(logit - most)));
    }
}
