namespace ImdbPipeline.Learning.Evaluating;

/// <summary>How well a model predicts the labels of a split.</summary>
/// <param name="Reviews">How many were predicted.</param>
/// <param name="Accuracy">The share predicted right, 0 to 1.</param>
/// <param name="Loss">Mean cross-entropy in nats, without any temperature.</param>
/// <param name="MacroF1">The labels' F1, averaged without weights, 0 to 1; labels neither present nor predicted are left out.</param>
/// <param name="F1">Of the second of two labels, 0 to 1; null for more labels, and where it is neither present nor predicted.</param>
/// <param name="RocAuc">See <see cref="Evaluating.RocAuc"/>; null where only one label is present.</param>
/// <param name="CalibrationError">See <see cref="Evaluating.CalibrationError"/>, 0 to 1.</param>
/// <param name="Confusion"><c>[true label][predicted label]</c> counts.</param>
public sealed record Evaluation(
    int Reviews, double Accuracy, double Loss, double MacroF1, double? F1, double? RocAuc, double CalibrationError, IReadOnlyList<IReadOnlyList<int>> Confusion)
{
    /// <summary>How many were predicted right.</summary>
    public int Right => Confusion.Select((row, label) => row[label]).Sum();

    /// <param name="logits"><c>[reviews][labels]</c></param>
    /// <param name="labels"><c>[reviews]</c>, at least one.</param>
    /// <param name="temperature">Divides the logits before the softmax whose calibration is judged; it changes nothing else.</param>
    public static Evaluation Of(IReadOnlyList<float[]> logits, IReadOnlyList<int> labels, int labelCount, double temperature = 1)
    {
        ArgumentNullException.ThrowIfNull(logits);
        return Of(logits, labels, labelCount, [.. logits.Select(row => Softmax.Confidence(row, temperature))]);
    }

    /// <param name="logits"><c>[reviews][labels]</c></param>
    /// <param name="labels"><c>[reviews]</c>, at least one.</param>
    /// <param name="confidences"><c>[reviews]</c>: the predicted label's probability as the model gave it out, 0 to 1.</param>
    public static Evaluation Of(IReadOnlyList<float[]> logits, IReadOnlyList<int> labels, int labelCount, IReadOnlyList<double> confidences)
    {
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(confidences);
        ArgumentOutOfRangeException.ThrowIfZero(labels.Count);
        var confusion = Enumerable.Range(0, labelCount).Select(_ => new int[labelCount]).ToArray();
        var right = new bool[labels.Count];
        double loss = 0;
        for (var i = 0; i < labels.Count; i++)
        {
            var predicted = Softmax.Best(logits[i]);
            confusion[labels[i]][predicted]++;
            right[i] = predicted == labels[i];
            loss += Softmax.LogSumExp(logits[i]) - logits[i][labels[i]];
        }

        var f1 = Enumerable.Range(0, labelCount).Select(label => LabelQuality.Of(confusion, label).F1).ToArray();
        return new Evaluation(
            labels.Count, (double)right.Count(own => own) / labels.Count, loss / labels.Count, f1.OfType<double>().Average(), labelCount == 2 ? f1[1] : null,
            Evaluating.RocAuc.Of(logits, labels, labelCount), Evaluating.CalibrationError.Of(confidences, right), confusion);
    }
}
