using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.Data;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.Evaluating;
using ImdbPipeline.Learning.ModelFolders;

namespace ImdbPipeline.Learning.FineTuning;

/// <summary>How many tokens of a text a trained model reads in scoring: those of its training, or all that it can if that is more accurate.</summary>
/// <param name="Treatment">For scoring.</param>
/// <param name="Validation">Predictions of the validation split read in this way.</param>
/// <param name="Note">For the model card; null if there was nothing to choose.</param>
internal sealed record ReadLength(TextPreprocessing Treatment, SplitPredictions Validation, string? Note)
{
    /// <returns>The treatment that reads as much of a text as the model can.</returns>
    public static TextPreprocessing Longest(EncoderConfig config, Recipe recipe, TextPreprocessing trained) => config.Fractions is not null
        ? trained
        : trained with { MaxLength = Math.Min(recipe.EvalMaxLength ?? config.MaxPositions, config.MaxPositions) };

    /// <param name="trained">The treatment in training.</param>
    /// <param name="validation">The validation split, truncated to the longest that may be chosen.</param>
    public static ReadLength Choose(
        Evaluator evaluator, Recipe recipe, TextPreprocessing trained, TextPreprocessing longest, LabelledTokens validation, ValidationHalves halves, CancellationToken cancellationToken)
    {
        if (recipe.EvalMaxLength is { } requested)
        {
            var note = requested > longest.MaxLength ? $"evalMaxLength reduced from {requested} to {longest.MaxLength}, the most that the model can read" : null;
            return new ReadLength(longest, evaluator.Predict(validation, TrainingPhase.Evaluating, cancellationToken), note);
        }
        var predicted = evaluator.Predict(validation.Truncated(trained), TrainingPhase.Evaluating, cancellationToken);
        var positions = Enumerable.Range(0, validation.Labels.Count).Where(i => validation.TokenIds[i].Length > trained.MaxLength).ToArray();
        if (positions.Length == 0 || longest.MaxLength <= trained.MaxLength || predicted.Part is not null)
            return new ReadLength(trained, predicted, null);
        var reread = evaluator.Predict(validation.Part(positions), TrainingPhase.Evaluating, cancellationToken);
        if (reread.Part is not null)
            return new ReadLength(trained, predicted, null);
        var longer = positions.Zip(reread.Logits).ToDictionary(text => text.First, text => text.Second);
        var merged = predicted.Select((logits, position) => longer.GetValueOrDefault(position, logits));
        var gain = PairedGain.Of(Calibrated(predicted.At(halves.Fit)), Calibrated(merged.At(halves.Fit)));
        return gain.Improves
            ? new ReadLength(longest, merged, $"reads {longest.MaxLength} tokens of a text in scoring, {trained.MaxLength} in training: {gain}")
            : new ReadLength(trained, predicted, $"reads {trained.MaxLength} tokens of a text in scoring, as in training, not {longest.MaxLength}: {gain}");
    }

    private static SplitPredictions Calibrated(SplitPredictions predicted) => predicted.DividedBy(TemperatureScaling.Fit(predicted.Logits, predicted.Labels));
}
