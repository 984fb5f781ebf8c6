using ImdbPipeline.Learning.Evaluating;

namespace ImdbPipeline.Cli.Evaluating;

/// <summary>Collects predictions together with their true labels.</summary>
/// <param name="labels">The model's labels, in the order of the logits.</param>
public sealed class LabelledPredictions(IReadOnlyList<string> labels)
{
    private readonly List<float[]> logits = [];
    private readonly List<int> truths = [];
    private readonly List<double> confidences = [];

    public int Count => truths.Count;

    /// <param name="truth">The true label.</param>
    /// <param name="labelLogits"><c>[labels]</c></param>
    /// <param name="score">The probability of the predicted label, 0 to 1.</param>
    public void Add(string truth, IReadOnlyList<float> labelLogits, float score)
    {
        truths.Add(IndexOf(truth));
        logits.Add([.. labelLogits]);
        confidences.Add(score);
    }

    public Evaluation Evaluate() => Evaluation.Of(logits, truths, labels.Count, confidences);

    private int IndexOf(string label)
    {
        for (var i = 0; i < labels.Count; i++)
            if (string.Equals(labels[i], label, StringComparison.Ordinal))
                return i;
        throw new ArgumentException($"label '{label}': expected one of {string.Join(", ", labels)}", nameof(label));
    }
}
