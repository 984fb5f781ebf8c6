namespace ImdbPipeline.Learning.Evaluating;

/// <summary>Predicted logits and true labels of a split.</summary>
/// <param name="Logits"><c>[texts][labels]</c></param>
/// <param name="Labels"><c>[texts]</c></param>
internal sealed record SplitPredictions(float[][] Logits, IReadOnlyList<int> Labels, int LabelCount)
{
    /// <returns>Null if the split is empty.</returns>
    public Evaluation? Evaluate(double temperature = 1) => Labels.Count == 0 ? null : Evaluation.Of(Logits, Labels, LabelCount, temperature);
}
