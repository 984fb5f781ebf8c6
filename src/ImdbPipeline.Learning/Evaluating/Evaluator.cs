using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.Data;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.Inferring;

namespace ImdbPipeline.Learning.Evaluating;

/// <summary>Evaluates an encoder on a split.</summary>
public static class Evaluator
{
    /// <returns>Null if the split is empty.</returns>
    public static Evaluation? Run(
        TrainableEncoder encoder, LabelledTokens split, int batchSize, TrainingPhase stage, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken) =>
        Predict(encoder, split, batchSize, stage, progress, cancellationToken).Evaluate();

    /// <param name="classifier">Name of the linear layer for these labels.</param>
    internal static SplitPredictions Predict(
        TrainableEncoder encoder, LabelledTokens split, int batchSize, TrainingPhase stage, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken,
        string classifier = ParameterNames.Classifier)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(split);
        using var scoring = Inference.Prepare(encoder.Weights);
        var logits = Inference.Logits(scoring, split.TokenIds, batchSize, new Counter(progress, stage, split.Labels.Count), cancellationToken, classifier);
        return new SplitPredictions(logits, split.Labels, (int)encoder.Weights[$"{classifier}.bias"].shape[0]);
    }

    private sealed class Counter(IProgress<TrainingProgress>? progress, TrainingPhase stage, int total) : IProgress<int>
    {
        private int done;

        public void Report(int value) => progress?.Report(new TrainingProgress(stage, done += value, total));
    }
}
