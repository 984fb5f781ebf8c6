namespace ImdbPipeline.Learning.Evaluating;

/// <summary>Predicted logits and true labels of a split, or of a random part of it.</summary>
/// <param name="Logits"><c>[texts][labels]</c></param>
/// <param name="Labels"><c>[texts]</c></param>
internal sealed record SplitPredictions(float[][] Logits, IReadOnlyList<int> Labels, int LabelCount)
{
    /// <summary>Null if the whole split was evaluated.</summary>
    public EvaluatedPart? Part { get; init; }

    /// <summary>The position in the split of a text here.</summary>
    public int PositionOf(int text) => Part?.Positions[text] ?? text;

    /// <returns>Null if the split is empty.</returns>
    public Evaluation? Evaluate(double temperature = 1) => Labels.Count == 0 ? null : Evaluation.Of(Logits, Labels, LabelCount, temperature);
}

/// <param name="Positions">The evaluated texts, by their position in the split, ascending.</param>
/// <param name="Texts">Number of texts in the whole split.</param>
internal sealed record EvaluatedPart(IReadOnlyList<int> Positions, int Texts)
{
    /// <summary>Standard error of an accuracy measured on this part, as an estimate of the accuracy on the whole split.</summary>
    public double StandardError(double accuracy) => Math.Sqrt(accuracy * (1 - accuracy) / Positions.Count * (Texts - Positions.Count) / Math.Max(1, Texts - 1));
}
