using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.Evaluating;
using ImdbPipeline.Learning.Training;

namespace ImdbPipeline.Learning.Baseline;

/// <summary>
/// What a linear model on n-grams makes of the same reviews in a few seconds: where an encoder falls far behind it, its
/// fine-tuning went wrong.
/// </summary>
/// <param name="Validation">Null where the split is empty.</param>
/// <param name="Test">Null where the split is empty.</param>
internal sealed record LinearBaseline(Evaluation? Validation, Evaluation? Test)
{
    /// <summary>Reads the data set's own word pieces, whatever the encoder's, and reviews in full, however long.</summary>
    public static async Task<LinearBaseline> RunAsync(
        IPreparedDataset dataset, int seed, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        var tokens = new TokenSource(dataset, await dataset.ReadVocabularyAsync(cancellationToken), progress: null);
        // Features instead of token ids: both together would need twice the memory.
        var train = await tokens.LabelledAsync(Split.Train, NgramFeatures.Of, cancellationToken);
        var validation = await tokens.LabelledAsync(Split.Validation, NgramFeatures.Of, cancellationToken);
        var test = await tokens.LabelledAsync(Split.Test, NgramFeatures.Of, cancellationToken);
        return Fit(train, validation, test, dataset.Manifest.Labels.Count, seed, progress, cancellationToken);
    }

    /// <summary>Two labels need one classifier, more need one for each; a classifier's weights are gone once it has judged.</summary>
    private static LinearBaseline Fit(
        LabelledTokens train, LabelledTokens validation, LabelledTokens test, int labels, int seed,
        IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        var classes = labels == 2 ? [1] : Enumerable.Range(0, labels).ToArray();
        float[][] ofValidation = Rows(validation, labels), ofTest = Rows(test, labels);
        var done = 0;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };
        Parallel.ForEach(classes, parallel, label =>
        {
            var classifier = NgramClassifier.Fit(
                train.TokenIds, [.. train.Labels.Select(own => own == label)], Seeds.Random(seed, "baseline", label));
            Judge(classifier, validation, label, ofValidation);
            Judge(classifier, test, label, ofTest);
            progress?.Report(new TrainingProgress(TrainingStage.Preparing, Interlocked.Increment(ref done), classes.Length));
        });
        return new LinearBaseline(
            new JudgedSplit(ofValidation, validation.Labels, labels).Evaluate(), new JudgedSplit(ofTest, test.Labels, labels).Evaluate());
    }

    private static void Judge(NgramClassifier classifier, LabelledTokens split, int label, float[][] logits)
    {
        for (var i = 0; i < logits.Length; i++)
            logits[i][label] = (float)classifier.Logit(split.TokenIds[i]);
    }

    private static float[][] Rows(LabelledTokens split, int labels) => [.. split.Labels.Select(_ => new float[labels])];
}
