using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Tokenizing;
using ImdbPipeline.Learning.Data;
using ImdbPipeline.Learning.Foundation;
using ImdbPipeline.Learning.Ngrams;

namespace ImdbPipeline.Learning.Teaching;

/// <summary>
/// Soft labels from cross-fitted linear n-gram classifiers: labelled texts are scored by the classifier that was trained on neither
/// them nor texts of the same movie; unlabelled texts get the mean of all classifiers.
/// </summary>
internal sealed class NgramTeacher : ITeacher
{
    private const int Folds = 5;

    private const int MaxFeatures = 1 << 20;

    public string Fingerprint => Recipe.NgramTeacher;

    /// <summary>Labels texts that are tokenized with the dataset's own vocabulary.</summary>
    public async Task<SoftLabels> LabelAsync(IPreparedDataset dataset, int seed, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        var tokens = new TokenSource(dataset, ModelTokenizer.FromVocabulary(await dataset.ReadVocabularyAsync(cancellationToken)), progress: null);
        var labelled = await tokens.LabelledAsync(Split.Train, ids => ids, cancellationToken);
        var unlabelled = await tokens.UnlabelledAsync(ids => ids, int.MaxValue, cancellationToken);
        return Fit(labelled, unlabelled, dataset.Manifest.Labels.Count, seed, progress, cancellationToken);
    }

    internal static SoftLabels Fit(
        LabelledTokens labelled, IReadOnlyList<int[]> unlabelled, int labels, int seed, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        int[][] hashed = [.. labelled.TokenIds.AsParallel().AsOrdered().WithCancellation(cancellationToken).Select(NgramFeatures.Of)];
        var index = NgramIndex.Of(hashed, MaxFeatures);
        var labelledFeatures = Array.ConvertAll(hashed, index.Positions);
        int[][] unlabelledFeatures = [.. unlabelled.AsParallel().AsOrdered().WithCancellation(cancellationToken).Select(ids => index.Positions(NgramFeatures.Of(ids)))];
        var folds = labelled.Movies.Select((movie, i) => (int)(Seeds.Of(seed, movie ?? $"review {i}") % Folds)).ToArray();
        // One classifier for two labels, otherwise one per label.
        var classes = labels == 2 ? [1] : Enumerable.Range(0, labels).ToArray();
        var done = 0;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };
        double[][] labelledProbabilities = Probabilities(labelledFeatures.Length, classes.Length), unlabelledProbabilities = Probabilities(unlabelledFeatures.Length, classes.Length);
        // One class after the other: the predictions of all of them would take too much memory.
        foreach (var (column, label) in classes.Index())
        {
            var predictions = new FoldPredictions[Folds];
            Parallel.For(0, Folds, parallel, fold =>
            {
                var random = Seeds.Random(seed, $"teacher {label}", fold);
                predictions[fold] = Predict(labelledFeatures, labelled.Labels, unlabelledFeatures, folds, fold, label, index.Count, random);
                progress?.Report(new TrainingProgress(TrainingPhase.Preparing, Interlocked.Increment(ref done), classes.Length * Folds));
            });
            Calibrate(predictions, folds, [.. labelled.Labels.Select(l => l == label)], column, labelledProbabilities, unlabelledProbabilities);
        }

        float[][] softLabels = [.. labelledProbabilities.Select(row => Distribution(row, labels))];
        return SoftLabels.Of(softLabels, [.. unlabelledProbabilities.Select(row => Distribution(row, labels))], labelled.Labels, "n-gram models that were not trained on them");
    }

    private static FoldPredictions Predict(int[][] labelled, IReadOnlyList<int> labels, int[][] unlabelled, int[] folds, int fold, int label, int features, Random random)
    {
        var training = Enumerable.Range(0, labelled.Length).Where(i => folds[i] != fold).ToArray();
        var classifier = NgramClassifier.Fit([.. training.Select(i => labelled[i])], [.. training.Select(i => labels[i] == label)], training.Length, features, random);
        return new FoldPredictions(
            [.. labelled.Select((text, i) => folds[i] == fold ? classifier.Logit(text) : 0)], Array.ConvertAll(unlabelled, classifier.Logit));
    }

    private static void Calibrate(Span<FoldPredictions> predictions, int[] folds, bool[] positive, int column, double[][] labelledProbabilities, double[][] unlabelledProbabilities)
    {
        var heldOut = new double[folds.Length];
        for (var i = 0; i < heldOut.Length; i++)
            heldOut[i] = predictions[folds[i]].HeldOut[i];
        var calibration = PlattScaling.Fit(heldOut, positive);
        for (var i = 0; i < heldOut.Length; i++)
            labelledProbabilities[i][column] = calibration.Probability(heldOut[i]);
        for (var i = 0; i < unlabelledProbabilities.Length; i++)
        {
            // Summed in fold order, so that the result does not depend on thread timing.
            double sum = 0;
            foreach (var prediction in predictions)
                sum += prediction.Unlabelled[i];
            unlabelledProbabilities[i][column] = calibration.Probability(sum / predictions.Length);
        }
    }

    private static float[] Distribution(double[] probabilities, int labels) =>
        labels == 2
            ? [(float)(1 - probabilities[0]), (float)probabilities[0]]
            : [.. probabilities.Select(p => (float)((p + 1e-6) / (probabilities.Sum() + 1e-6 * labels)))];

    private static double[][] Probabilities(int rows, int columns) => [.. Enumerable.Range(0, rows).Select(_ => new double[columns])];

    /// <param name="HeldOut">Logits of the texts in the held-out fold, zero elsewhere.</param>
    /// <param name="Unlabelled">Logits of the unlabelled texts.</param>
    private sealed record FoldPredictions(double[] HeldOut, double[] Unlabelled);
}
