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
    /// <param name="scores"><c>[labels]</c>: each label's probability.</param>
    public void Add(string truth, IReadOnlyList<float> scores)
    {
        truths.Add(IndexOf(truth));
        logits.Add([.. scores.Select(score => MathF.Log(MathF.Max(score, float.Epsilon)))]);
        confidences.Add(scores.Max());
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
