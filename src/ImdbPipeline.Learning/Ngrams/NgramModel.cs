using ImdbPipeline.Learning.Foundation;

namespace ImdbPipeline.Learning.Ngrams;

/// <summary>A linear n-gram model: one classifier for two labels, otherwise one per label.</summary>
/// <param name="Classifiers">For the second of two labels, or for each label.</param>
public sealed record NgramModel(NgramIndex Index, IReadOnlyList<NgramClassifier> Classifiers)
{
    /// <summary>Limits the size of models with many labels.</summary>
    private const int MaxWeights = 32_000_000;

    /// <param name="texts">Features of each text, from <see cref="NgramFeatures"/>.</param>
    /// <param name="labels">The label of each text, below <paramref name="labelCount"/>.</param>
    /// <param name="trusted">Texts from this position on count half.</param>
    /// <param name="classFitted">Receives the number of fitted classes and their total.</param>
    public static NgramModel Fit(
        IReadOnlyList<int[]> texts, IReadOnlyList<int> labels, int trusted, int labelCount, int seed, Action<int, int>? classFitted, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(labels);
        var classes = ClassesOf(labelCount);
        var index = NgramIndex.Of([.. texts], MaxWeights / classes.Length);
        int[][] positions = [.. texts.AsParallel().AsOrdered().WithCancellation(cancellationToken).Select(index.Positions)];
        var done = 0;
        var classifiers = new NgramClassifier[classes.Length];
        Parallel.For(0, classes.Length, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken }, i =>
        {
            classifiers[i] = NgramClassifier.Fit(positions, [.. labels.Select(label => label == classes[i])], trusted, index.Count, Seeds.Random(seed, "baseline", classes[i]));
            classFitted?.Invoke(Interlocked.Increment(ref done), classes.Length);
        });
        return new NgramModel(index, classifiers);
    }

    /// <returns>The labels that have a classifier.</returns>
    public static int[] ClassesOf(int labelCount) => labelCount == 2 ? [1] : [.. Enumerable.Range(0, labelCount)];

    /// <param name="features">From <see cref="NgramFeatures"/>.</param>
    /// <returns><c>[labels]</c></returns>
    public float[] Logits(int[] features)
    {
        var positions = Index.Positions(features);
        return Classifiers.Count == 1 ? [0, (float)Classifiers[0].Logit(positions)] : [.. Classifiers.Select(classifier => (float)classifier.Logit(positions))];
    }
}
