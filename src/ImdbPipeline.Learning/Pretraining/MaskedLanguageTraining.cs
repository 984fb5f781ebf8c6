using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.Checkpoints;
using ImdbPipeline.Learning.Data;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.Training;

namespace ImdbPipeline.Learning.Pretraining;

/// <summary>Further pre-training (Sun et al. 2019): masked language modelling on the dataset before fine-tuning.</summary>
internal static class MaskedLanguageTraining
{
    private const double WarmupShare = 0.1;

    /// <param name="prepared">The encoder must have a <see cref="MaskedLanguageHead"/> attached.</param>
    /// <exception cref="InputRejectedException">The texts contain no words.</exception>
    public static TrainingOutcome Run(
        PreparedTraining prepared, Recipe recipe, TrainingCheckpoints checkpoints, TimeProvider timeProvider, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        var settings = recipe.FurtherPretraining!;
        var encoder = prepared.Encoder;
        var tokenizer = prepared.Files.Tokenizer.Tokenizer;
        var mask = tokenizer.MaskId
            ?? throw new InputRejectedException(ErrorRules.TokenizerUnsupported, "further pre-training", "a tokenizer with a mask token", "none", "Choose another base model, or remove furtherPretraining.");
        var rows = Rows(prepared.Texts, Math.Min(settings.MaxLength, encoder.Config.MaxPositions), tokenizer.SpecialTokenIds);
        var objective = new MaskedLanguageObjective(
            encoder, rows, new TokenMasking(settings.MlmProbability, mask, tokenizer.SpecialTokenIds, encoder.Config.VocabSize));
        var steps = Math.Min(settings.Epochs * ((rows.Length + settings.BatchSize - 1) / settings.BatchSize), settings.MaxSteps ?? int.MaxValue);
        var pretraining = recipe with
        {
            Epochs = settings.Epochs,
            BatchSize = settings.BatchSize,
            LearningRate = settings.LearningRate ?? prepared.Method.PretrainingLearningRate,
            WarmupSteps = settings.WarmupSteps ?? (int)(steps * WarmupShare),
            WarmupRatio = null,
            MaxMinutes = settings.MaxMinutes,
            GradientAccumulation = 1,
            LayerwiseLrDecay = 1,
            EarlyStoppingPatience = null,
            Averaging = AveragingMode.None,
        };
        var method = prepared.Method with
        {
            Phase = TrainingPhase.Pretraining,
            MaxSteps = settings.MaxSteps,
            PlainAttentionShare = 0,
            Frozen = prepared.Method.PretrainingFrozen ?? prepared.Method.Frozen,
        };
        return new TrainingLoop(encoder, pretraining, method, timeProvider).Run(objective, LabelledTokens.None, checkpoints, progress, cancellationToken);
    }

    private static int[][] Rows(IReadOnlyList<int[]> texts, int length, IReadOnlySet<int> specialIds)
    {
        var rows = TextWindows.Of(texts, length).Where(row => row.Any(id => !specialIds.Contains(id))).ToArray();
        return rows.Length > 0
            ? rows
            : throw new InputRejectedException(ErrorRules.DatasetUnlearnable, "further pre-training", "texts with words", "none", "Upload an archive with texts, or remove furtherPretraining.");
    }
}
