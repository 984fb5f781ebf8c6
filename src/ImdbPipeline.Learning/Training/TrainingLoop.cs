using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.Evaluating;
using ImdbPipeline.Learning.Resuming;
using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Training;

/// <summary>
/// Trains an encoder. Keeps no state but weights, optimizer and step: the learning rate is a function of the step, the
/// order of the seed and epoch, the dropout of the seed and step. So a training that goes on from a checkpoint ends in the
/// same bits as one that was never stopped.
/// </summary>
public sealed class TrainingLoop(Encoder encoder, Recipe recipe, TrainingMethod method, TimeProvider clock)
{
    private const int StepsPerCollection = 8;

    /// <param name="validation">Measured after every epoch where the recipe stops early; may be empty.</param>
    /// <param name="checkpoints">Where training goes on from, and is saved every so many steps, when it is stopped, and at its end.</param>
    /// <exception cref="ArithmeticException">The loss is no number any more.</exception>
    /// <exception cref="OperationCanceledException">It was stopped, and saved.</exception>
    public TrainingOutcome Run(
        IObjective objective, LabelledTokens validation, TrainingCheckpoints checkpoints, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(objective);
        ArgumentNullException.ThrowIfNull(checkpoints);
        encoder.Weights.To(Devices.Best, requiresGradient: true);
        foreach (var name in method.Frozen ?? Enumerable.Empty<string>())
            encoder.Weights[name].requires_grad = false;
        encoder.Precision = recipe.Precision;
        using var optimizer = new AdamW(OptimizedParameter.Of(encoder.Weights, recipe, method.Frozen), beta2: method.Beta2);
        using var stopping = new EarlyStopping(encoder.Weights, recipe.EarlyStoppingPatience);
        var step = new TrainingStep(encoder, optimizer, recipe.MaxGradNorm, method.BeforeUpdate);
        var stepsPerEpoch = (objective.Batches(recipe.BatchSize, recipe.Seed, 0).Length + recipe.GradientAccumulation - 1) / recipe.GradientAccumulation;
        var totalSteps = Math.Min(stepsPerEpoch * recipe.Epochs, method.MaxSteps ?? int.MaxValue);
        var plainFrom = totalSteps - (int)(totalSteps * method.PlainAttentionShare);
        var resumed = Resume(checkpoints, optimizer, stopping, cancellationToken);
        var log = new MetricsLog(method.Stage, recipe.LoggingSteps, stepsPerEpoch, totalSteps, clock, progress, resumed?.Metrics ?? MetricsState.Begin);
        var saved = log.Steps;

        while (log.Steps < totalSteps && !log.TimeIsUp(recipe.MaxMinutes) && !stopping.Stopped)
        {
            var epoch = log.Steps / stepsPerEpoch;
            var batches = objective.Batches(recipe.BatchSize, recipe.Seed, epoch).Chunk(recipe.GradientAccumulation);
            foreach (var chunk in batches.Skip(log.Steps % stepsPerEpoch).Take(totalSteps - log.Steps))
            {
                if (cancellationToken.IsCancellationRequested || (log.Steps % recipe.SaveSteps == 0 && log.Steps > saved))
                    Save();
                cancellationToken.ThrowIfCancellationRequested();
                encoder.AttentionOverride = log.Steps < plainFrom ? method.Attention : null;
                var learningRate = LearningRateSchedule.At(log.Steps, totalSteps, recipe);
                var outcome = step.Take(
                    [.. chunk.Select(batch => objective.Gather(batch, recipe.Seed, epoch))], learningRate, Seeds.Of(recipe.Seed, DropoutPurpose, log.Steps));
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

        if (log.Steps > saved)
            Save();
        stopping.RestoreBest();
        encoder.Weights.To(encoder.Device, requiresGradient: false);
        encoder.Precision = Precision.Fp32;
        return new TrainingOutcome(log.Steps, totalSteps, log.Lines, resumed?.Metrics.Steps);

        void Save()
        {
            // Not to be cancelled: a stop is when it is needed most.
            checkpoints.Save(new LoopState(method.Stage, log.State, stopping.State), Tensors(optimizer, stopping), CancellationToken.None);
            saved = log.Steps;
        }
    }

    /// <summary>Each stage of a training draws its own dropout.</summary>
    private string DropoutPurpose => method.Stage == TrainingStage.Training ? "dropout" : $"dropout {method.Stage}";

    private LoopState? Resume(TrainingCheckpoints checkpoints, AdamW optimizer, EarlyStopping stopping, CancellationToken cancellationToken)
    {
        if (checkpoints.Find(cancellationToken) is not { } state || state.Stage != method.Stage)
            return null;
        stopping.Resume(state.Stopping);
        checkpoints.Restore(Tensors(optimizer, stopping), cancellationToken);
        return state;
    }

    /// <summary>Everything that a step changes.</summary>
    private Dictionary<string, Tensor> Tensors(AdamW optimizer, EarlyStopping stopping) =>
        encoder.Weights.Tensors.Select(t => KeyValuePair.Create($"weights/{t.Key}", t.Value))
            .Concat(optimizer.State.Select(t => KeyValuePair.Create(t.Name, t.Value)))
            .Concat(stopping.Best.Select(t => KeyValuePair.Create($"best/{t.Key}", t.Value)))
            .ToDictionary();
}

/// <param name="Steps">Optimizer steps taken.</param>
/// <param name="TotalSteps">Planned; more than taken where time was up or nothing got better any more.</param>
/// <param name="Metrics">One line every logging step.</param>
/// <param name="ResumedAt">The step of the checkpoint it went on from; null where it began at the beginning.</param>
public sealed record TrainingOutcome(int Steps, int TotalSteps, IReadOnlyList<MetricsLine> Metrics, int? ResumedAt);
