namespace ImdbPipeline.Learning.Evaluating;

/// <summary>Metrics of a model on a split.</summary>
/// <param name="Texts">Number of texts.</param>
/// <param name="Accuracy">Fraction of correct predictions, 0 to 1.</param>
/// <param name="Loss">Mean cross-entropy in nats.</param>
/// <param name="MacroF1">Unweighted mean of the labels' F1, 0 to 1; labels that are neither present nor predicted are ignored.</param>
/// <param name="F1">F1 of the second of two labels, 0 to 1; null for more labels, or if it is neither present nor predicted.</param>
/// <param name="RocAuc">See <see cref="Evaluating.RocAuc"/>; null if only one label is present.</param>
/// <param name="CalibrationError">See <see cref="Evaluating.CalibrationError"/>, 0 to 1.</param>
/// <param name="Confusion">Counts, <c>[true label][predicted label]</c>.</param>
public sealed record Evaluation(
    int Texts, double Accuracy, double Loss, double MacroF1, double? F1, double? RocAuc, double CalibrationError, IReadOnlyList<IReadOnlyList<int>> Confusion)
{
    /// <summary>Number of correct predictions.</summary>
    public int Correct => Confusion.Select((row, label) => row[label]).Sum();

    /// <param name="logits"><c>[texts][labels]</c></param>
    /// <param name="labels"><c>[texts]</c>, at least one.</param>
    public static Evaluation Of(IReadOnlyList<float[]> logits, IReadOnlyList<int> labels, int labelCount)
    {
        ArgumentNullException.ThrowIfNull(logits);
        return Of(logits, labels, labelCount, [.. logits.Select(row => Softmax.Of(row).Max())]);
    }

    /// <param name="logits"><c>[texts][labels]</c></param>
    /// <param name="labels"><c>[texts]</c>, at least one.</param>
    /// <param name="confidences"><c>[texts]</c>: probability of the predicted label, 0 to 1.</param>
    public static Evaluation Of(IReadOnlyList<float[]> logits, IReadOnlyList<int> labels, int labelCount, IReadOnlyList<double> confidences)
    {
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(confidences);
        ArgumentOutOfRangeException.ThrowIfZero(labels.Count);
        var confusion = Enumerable.Range(0, labelCount).Select(_ => new int[labelCount]).ToArray();
        var correct = new bool[labels.Count];
        double loss = 0;
        for (var i = 0; i < labels.Count; i++)
        {
            var predicted = Softmax.ArgMax(logits[i]);
            confusion[labels[i]][predicted]++;
            correct[i] = predicted == labels[i];
            loss += Softmax.LogSumExp(logits[i]) - logits[i][labels[i]];
        }

        var f1 = Enumerable.Range(0, labelCount).Select(label => LabelMetrics.Of(confusion, label).F1).ToArray();
        return new Evaluation(
            labels.Count, (double)correct.Count(isCorrect => isCorrect) / labels.Count, loss / labels.Count, f1.OfType<double>().Average(), labelCount == 2 ? f1[1] : null,
            Evaluating.RocAuc.Of(logits, labels, labelCount), Evaluating.CalibrationError.Of(confidences, correct), confusion);
    }
}
