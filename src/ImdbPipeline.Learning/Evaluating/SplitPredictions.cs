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
    public Evaluation? Evaluate() => Labels.Count == 0 ? null : Evaluation.Of(Logits, Labels, LabelCount);

    /// <returns>The same predictions with other logits, <c>[labels]</c> each.</returns>
    /// <param name="logits">From a text's logits and its position in the split.</param>
    public SplitPredictions Select(Func<float[], int, float[]> logits) => this with { Logits = [.. Logits.Select((row, text) => logits(row, PositionOf(text)))] };

    public SplitPredictions DividedBy(double temperature) => Select((logits, _) => Array.ConvertAll(logits, logit => (float)(logit / temperature)));

    /// <returns>The texts at these positions in the split, as far as they were evaluated.</returns>
    public SplitPredictions At(IReadOnlyList<int> positions)
    {
        var wanted = positions.ToHashSet();
        int[] texts = [.. Enumerable.Range(0, Labels.Count).Where(text => wanted.Contains(PositionOf(text)))];
        return new SplitPredictions([.. texts.Select(text => Logits[text])], [.. texts.Select(text => Labels[text])], LabelCount)
        {
            Part = new EvaluatedPart([.. texts.Select(PositionOf)], Part?.Texts ?? Labels.Count),
        };
    }
}

/// <param name="Positions">The evaluated texts, by their position in the split, ascending.</param>
/// <param name="Texts">Number of texts in the whole split.</param>
internal sealed record EvaluatedPart(IReadOnlyList<int> Positions, int Texts)
{
    /// <summary>Standard error of an accuracy measured on this part, as an estimate of the accuracy on the whole split.</summary>
    public double StandardError(double accuracy) => Math.Sqrt(accuracy * (1 - accuracy) / Positions.Count * (Texts - Positions.Count) / Math.Max(1, Texts - 1));
}
