namespace ImdbPipeline.Learning.Evaluating;

/// <summary>What a model says of a split's reviews, beside what they are.</summary>
/// <param name="Logits"><c>[reviews][labels]</c></param>
/// <param name="Labels"><c>[reviews]</c></param>
internal sealed record JudgedSplit(float[][] Logits, IReadOnlyList<int> Labels, int LabelCount)
{
    /// <returns>Null where the split is empty.</returns>
    public Evaluation? Evaluate(double temperature = 1) => Labels.Count == 0 ? null : Evaluation.Of(Logits, Labels, LabelCount, temperature);
}
