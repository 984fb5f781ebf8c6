using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Tokenizing;
using ImdbPipeline.Learning.Baseline;
using ImdbPipeline.Learning.Data;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.Evaluating;
using ImdbPipeline.Learning.ModelFolders;
using ImdbPipeline.Learning.Ngrams;

namespace ImdbPipeline.Learning.FineTuning;

/// <summary>Trains the n-gram model again with unlabelled texts, labelled by the blend of encoder and n-gram model.</summary>
internal static class SelfTraining
{
    private const int MinTexts = 100;

    /// <summary>More texts would take much memory and hardly improve the n-gram model.</summary>
    private const int MaxTexts = 64_000;

    /// <summary>Multiply-adds per token of an encoder, times its number of texts: 4,000 for MiniLM, which takes two minutes on two cores, 1,000 for DistilBERT.</summary>
    private const long Budget = 42_500_000_000;

    /// <param name="blend">The blend with the first n-gram model.</param>
    /// <param name="treatment">As in training: what scoring reads may be longer and take twice the time, for nearly the same labels.</param>
    /// <param name="tokenizer">The encoder's.</param>
    /// <returns>Null if the dataset has too few unlabelled texts.</returns>
    public static async Task<LinearBaseline?> RunAsync(
        IPreparedDataset dataset, Evaluator evaluator, NgramBlend blend, TextPreprocessing treatment, ModelTokenizer tokenizer, int seed, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        var maxTexts = TextsFor(evaluator.Config);
        var texts = await new TokenSource(dataset, tokenizer, progress: null).UnlabelledAsync(treatment.Truncate, maxTexts, cancellationToken);
        if (texts.Count < MinTexts)
            return null;
        var features = await new TokenSource(dataset, ModelTokenizer.FromVocabulary(blend.Vocabulary), progress: null).UnlabelledAsync(NgramFeatures.Of, maxTexts, cancellationToken);
        var predicted = evaluator.Predict(new LabelledTokens(texts, new int[texts.Count], []), TrainingPhase.Evaluating, cancellationToken);
        var positions = Enumerable.Range(0, predicted.Labels.Count).Select(predicted.PositionOf).ToArray();
        var labels = predicted.Select((logits, position) => blend.Apply(logits, blend.Model.Logits(features[position]))).Logits.Select(Softmax.ArgMax).ToArray();
        return await LinearBaseline.RunAsync(dataset, seed, new LabelledTokens([.. positions.Select(position => features[position])], labels, []), progress, cancellationToken);
    }

    internal static int TextsFor(EncoderConfig config) => (int)Math.Clamp(Budget / config.MultiplyAddsPerToken, 2 * MinTexts, MaxTexts);
}
