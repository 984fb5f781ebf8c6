using ImdbPipeline.Core.Training;
using ImdbPipeline.Learning.Encoders;

namespace ImdbPipeline.Learning.Training;

/// <summary>Measures an encoder on a split.</summary>
public static class Evaluator
{
    /// <returns>Null where the split is empty.</returns>
    public static Evaluation? Run(
        Encoder encoder, LabelledTokens split, int batchSize, TrainingStage stage, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken,
        string classifier = ParameterNames.Classifier)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(split);
        if (split.Labels.Count == 0)
            return null;
        var logits = Inference.Logits(encoder, split.TokenIds, batchSize, new Counter(progress, stage, split.Labels.Count), cancellationToken, classifier);
        return Evaluation.Of(logits, split.Labels, logits[0].Length);
    }

    private sealed class Counter(IProgress<TrainingProgress>? progress, TrainingStage stage, int total) : IProgress<int>
    {
        private int done;

        public void Report(int value) => progress?.Report(new TrainingProgress(stage, done += value, total));
    }
}
