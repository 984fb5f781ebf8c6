using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.Data;
using ImdbPipeline.Learning.Evaluating;
using ImdbPipeline.Learning.Foundation;

namespace ImdbPipeline.Learning.Baseline;

/// <summary>
/// Evaluation of a linear n-gram model on the same dataset, which trains in seconds. An encoder far below it was not fine-tuned
/// successfully.
/// </summary>
/// <param name="Validation">Null if the split is empty.</param>
/// <param name="Test">Null if the split is empty.</param>
internal sealed record LinearBaseline(Evaluation? Validation, Evaluation? Test)
{
    /// <summary>Trains on untruncated texts, tokenized with the dataset's own vocabulary.</summary>
    public static async Task<LinearBaseline> RunAsync(
        IPreparedDataset dataset, int seed, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        var tokens = new TokenSource(dataset, await dataset.ReadVocabularyAsync(cancellationToken), progress: null);
        // Keep features instead of token IDs: holding both would double the memory.
        var train = await tokens.LabelledAsync(Split.Train, NgramFeatures.Of, cancellationToken);
        var validation = await tokens.LabelledAsync(Split.Validation, NgramFeatures.Of, cancellationToken);
        var test = await tokens.LabelledAsync(Split.Test, NgramFeatures.Of, cancellationToken);
        return Fit(train, validation, test, dataset.Manifest.Labels.Count, seed, progress, cancellationToken);
    }

    /// <summary>Trains one classifier for two labels, otherwise one per label; each is discarded after its predictions.</summary>
    private static LinearBaseline Fit(
        LabelledTokens train, LabelledTokens validation, LabelledTokens test, int labels, int seed,
        IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        var classes = labels == 2 ? [1] : Enumerable.Range(0, labels).ToArray();
        float[][] validationLogits = Rows(validation, labels), testLogits = Rows(test, labels);
        var done = 0;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };
        Parallel.ForEach(classes, parallel, label =>
        {
            var classifier = NgramClassifier.Fit(
                train.TokenIds, [.. train.Labels.Select(actual => actual == label)], Seeds.Random(seed, "baseline", label));
            Predict(classifier, validation, label, validationLogits);
            Predict(classifier, test, label, testLogits);
            progress?.Report(new TrainingProgress(TrainingPhase.Preparing, Interlocked.Increment(ref done), classes.Length));
        });
        return new LinearBaseline(
            new SplitPredictions(validationLogits, validation.Labels, labels).Evaluate(), new SplitPredictions(testLogits, test.Labels, labels).Evaluate());
    }

    private static void Predict(NgramClassifier classifier, LabelledTokens split, int label, float[][] logits)
    {
        for (var i = 0; i < logits.Length; i++)
            logits[i][label] = (float)classifier.Logit(split.TokenIds[i]);
    }

    private static float[][] Rows(LabelledTokens split, int labels) => [.. split.Labels.Select(_ => new float[labels])];
}
