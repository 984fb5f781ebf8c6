using ImdbPipeline.Core.Training;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.Evaluating;

namespace ImdbPipeline.Learning.Training;

/// <summary>
/// Trains an encoder. Keeps no state but weights, optimizer and step: the learning rate is a function of the step, the
/// order of the seed and epoch, the dropout of the seed and step.
/// </summary>
public sealed class TrainingLoop(Encoder encoder, Recipe recipe, TrainingMethod method, TimeProvider clock)
{
    private const int StepsPerCollection = 8;

    /// <param name="train">Targets of any kind, hard or soft.</param>
    /// <param name="validation">Measured after every epoch; may be empty.</param>
    /// <exception cref="ArithmeticException">The loss is no number any more.</exception>
    public TrainingOutcome Run(
        IReadOnlyList<TrainingExample> train, LabelledTokens validation, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(train);
        encoder.Weights.To(Devices.Best, requiresGradient: true);
        using var average = method.AverageDecay is { } decay ? new WeightAverage(encoder.Weights, decay) : null;
        using var optimizer = new AdamW(OptimizedParameter.Of(encoder.Weights, recipe, method.Frozen), beta2: method.Beta2);
        using var stopping = new EarlyStopping(encoder.Weights, recipe.EarlyStoppingPatience);
        var step = new TrainingStep(encoder, optimizer, recipe.MaxGradNorm, method.BeforeUpdate);
        var lengths = train.Select(example => Math.Min(example.TokenIds.Length, method.Augmentation?.MaxLength ?? int.MaxValue)).ToArray();
        var stepsPerEpoch = (BatchOrder.Of(lengths, recipe.BatchSize, recipe.Seed, 0).Length + recipe.GradientAccumulation - 1) / recipe.GradientAccumulation;
        var totalSteps = stepsPerEpoch * recipe.Epochs;
        var plainFrom = totalSteps - (int)(totalSteps * method.PlainAttentionShare);
        var log = new MetricsLog(recipe.LoggingSteps, stepsPerEpoch, totalSteps, clock, progress);

        for (var epoch = 0; epoch < recipe.Epochs && !log.TimeIsUp(recipe.MaxMinutes) && !stopping.Stopped; epoch++)
        {
            foreach (var batches in BatchOrder.Of(lengths, recipe.BatchSize, recipe.Seed, epoch).Chunk(recipe.GradientAccumulation))
            {
                cancellationToken.ThrowIfCancellationRequested();
                var examples = batches.Select(batch => batch.Select(i => Augmented(train[i], i, epoch)).ToArray()).ToArray();
                encoder.AttentionOverride = log.Steps < plainFrom ? method.Attention : null;
                var learningRate = LearningRateSchedule.At(log.Steps, totalSteps, recipe);
                var outcome = step.Take(examples, learningRate, Seeds.Of(recipe.Seed, "dropout", log.Steps));
                average?.Update();
                log.Add(outcome, learningRate);
                if (log.Steps % StepsPerCollection == 0)
                    NativeMemory.Collect();
                if (log.TimeIsUp(recipe.MaxMinutes))
                    break;
            }

            encoder.AttentionOverride = null;
            if (recipe.EarlyStoppingPatience is not null)
                stopping.Judge(Evaluator.Run(encoder, validation, recipe.EvalBatchSize, TrainingStage.Validating, progress, cancellationToken));
        }

        average?.CopyToWeights();
        stopping.RestoreBest();
        encoder.Weights.To(encoder.Device, requiresGradient: false);
        return new TrainingOutcome(log.Steps, totalSteps, log.Lines);
    }

    private TrainingExample Augmented(TrainingExample example, int index, int epoch) =>
        method.Augmentation is { } augmentation
            ? example with { TokenIds = augmentation.Apply(example.TokenIds, Seeds.Random(recipe.Seed, $"augmentation {epoch}", index)) }
            : example;
}

/// <param name="Steps">Optimizer steps taken.</param>
/// <param name="TotalSteps">Planned; more than taken where time was up or nothing got better any more.</param>
/// <param name="Metrics">One line every logging step.</param>
public sealed record TrainingOutcome(int Steps, int TotalSteps, IReadOnlyList<MetricsLine> Metrics);
