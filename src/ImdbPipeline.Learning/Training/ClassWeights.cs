using ImdbPipeline.Core.Runs;

namespace ImdbPipeline.Learning.Training;

/// <summary>Weights of labels in the loss.</summary>
public static class ClassWeights
{
    /// <param name="labels">Labels of the training texts.</param>
    /// <param name="count">Number of labels.</param>
    /// <returns><c>[labels]</c>: texts / (labels with texts × texts of the label), as scikit-learn's <c>balanced</c>; null if all texts count the same.</returns>
    public static float[]? Of(ClassWeighting weighting, IReadOnlyList<int> labels, int count)
    {
        ArgumentNullException.ThrowIfNull(labels);
        if (weighting == ClassWeighting.None)
            return null;
        var texts = new int[count];
        foreach (var label in labels)
            texts[label]++;
        var present = texts.Count(number => number > 0);
        return Array.ConvertAll(texts, number => number == 0 ? 1 : (float)labels.Count / ((float)present * number));
    }
}
