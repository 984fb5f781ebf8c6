using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Tokenizing;
using ImdbPipeline.Learning.Data;
using ImdbPipeline.Learning.Evaluating;
using ImdbPipeline.Learning.Ngrams;

namespace ImdbPipeline.Learning.Baseline;

/// <summary>
/// A linear n-gram model of the same dataset, which trains in seconds. An encoder far below it was not fine-tuned successfully;
/// together with it, most encoders are more accurate.
/// </summary>
/// <param name="Vocabulary">Content of the vocab.txt whose tokens the n-grams consist of.</param>
internal sealed record LinearBaseline(NgramModel Model, byte[] Vocabulary, SplitPredictions Validation, SplitPredictions Test)
{
    /// <summary>Trains on untruncated texts, tokenized with the dataset's own vocabulary.</summary>
    /// <param name="selfLabelled">Features of texts that a model labelled; they count half. Null for none.</param>
    public static async Task<LinearBaseline> RunAsync(
        IPreparedDataset dataset, int seed, LabelledTokens? selfLabelled, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        var vocabulary = await dataset.ReadVocabularyAsync(cancellationToken);
        var tokens = new TokenSource(dataset, ModelTokenizer.FromVocabulary(vocabulary), progress: null);
        // Keep features instead of token IDs: holding both would double the memory.
        var train = await tokens.LabelledAsync(Split.Train, NgramFeatures.Of, cancellationToken);
        var labels = dataset.Manifest.Labels.Count;
        var model = NgramModel.Fit(
            [.. train.TokenIds, .. selfLabelled?.TokenIds ?? []], [.. train.Labels, .. selfLabelled?.Labels ?? []], train.Labels.Count, labels, seed, (done, total) => progress?.Report(new TrainingProgress(TrainingPhase.Preparing, done, total)), cancellationToken);
        return new LinearBaseline(model, vocabulary, await PredictAsync(Split.Validation), await PredictAsync(Split.Test));

        async Task<SplitPredictions> PredictAsync(Split split)
        {
            var texts = await tokens.LabelledAsync(split, NgramFeatures.Of, cancellationToken);
            return new SplitPredictions([.. texts.TokenIds.AsParallel().AsOrdered().Select(model.Logits)], texts.Labels, labels);
        }
    }
}
