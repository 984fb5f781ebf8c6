using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Tokenizing;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.Resuming;
using ImdbPipeline.Learning.Training;

namespace ImdbPipeline.Learning.Pretraining;

/// <summary>Further pre-training (Sun et al. 2019): the encoder learns the language of the reviews before it learns their labels.</summary>
internal static class MaskedLanguageTraining
{
    private const double WarmupShare = 0.1;

    /// <param name="prepared">With the head of <see cref="MaskedLanguageHead"/> attached to its encoder.</param>
    /// <exception cref="InputRejectedException">The reviews hold no words.</exception>
    public static TrainingOutcome Run(
        PreparedTraining prepared, Recipe recipe, TrainingCheckpoints checkpoints, TimeProvider clock, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        var settings = recipe.FurtherPretraining!;
        var encoder = prepared.Encoder;
        var tokenizer = WordPieceTokenizer.Create(prepared.Files.Vocabulary);
        var rows = Rows(prepared.Reviews, Math.Min(settings.MaxLength, encoder.Config.MaxPositions), tokenizer.SpecialIds);
        var objective = new MaskedLanguageObjective(
            encoder, rows, new TokenMasking(settings.MlmProbability, tokenizer.MaskId, tokenizer.SpecialIds, encoder.Config.VocabSize));
        var steps = Math.Min(settings.Epochs * ((rows.Length + settings.BatchSize - 1) / settings.BatchSize), settings.MaxSteps ?? int.MaxValue);
        var stage = recipe with
        {
            Epochs = settings.Epochs,
            BatchSize = settings.BatchSize,
            LearningRate = settings.LearningRate ?? prepared.Method.PretrainingLearningRate,
            WarmupSteps = settings.WarmupSteps ?? (int)(steps * WarmupShare),
            MaxMinutes = settings.MaxMinutes,
            GradientAccumulation = 1,
            LayerwiseLrDecay = 1,
            EarlyStoppingPatience = null,
        };
        var method = prepared.Method with
        {
            Stage = TrainingStage.Pretraining,
            MaxSteps = settings.MaxSteps,
            PlainAttentionShare = 0,
            Frozen = prepared.Method.PretrainingFrozen ?? prepared.Method.Frozen,
        };
        return new TrainingLoop(encoder, stage, method, clock).Run(objective, LabelledTokens.None, checkpoints, progress, cancellationToken);
    }

    private static int[][] Rows(IReadOnlyList<int[]> reviews, int length, IReadOnlySet<int> specialIds)
    {
        var rows = TextWindows.Of(reviews, length).Where(row => row.Any(id => !specialIds.Contains(id))).ToArray();
        return rows.Length > 0
            ? rows
            : throw new InputRejectedException("dataset-unlearnable", "further pre-training", "reviews with words in them", "none", "Upload an archive with reviews, or leave furtherPretraining out.");
    }
}
