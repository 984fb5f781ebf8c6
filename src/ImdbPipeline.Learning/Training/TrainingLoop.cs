using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.Checkpoints;
using ImdbPipeline.Learning.Data;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.Evaluating;
using ImdbPipeline.Learning.Foundation;
using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Training;

/// <summary>
/// Trains an encoder. The learning rate depends only on the step, the example order on seed and epoch, and dropout on seed and
/// step, so a resumed training run gives the same model bit for bit as an uninterrupted one.
/// </summary>
public sealed class TrainingLoop(TrainableEncoder encoder, Recipe recipe, TrainingMethod method, TimeProvider timeProvider)
{
    private const int StepsPerCollection = 8;

    /// <param name="validation">Evaluated after every epoch of several, or if early stopping is on; may be empty.</param>
    /// <param name="checkpoints">Resumed from if possible; saved every <c>SaveSteps</c> steps, on cancellation between steps, and at the end.</param>
    /// <exception cref="ArithmeticException">The loss is infinite or NaN.</exception>
    /// <exception cref="OperationCanceledException">Training was cancelled; a checkpoint was saved.</exception>
    public TrainingOutcome Run(
        IObjective objective, LabelledTokens validation, TrainingCheckpoints checkpoints, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(objective);
        ArgumentNullException.ThrowIfNull(checkpoints);
        encoder.Weights.To(Devices.Best, requiresGradient: true);
        foreach (var name in method.Frozen ?? Enumerable.Empty<string>())
            encoder.Weights[name].requires_grad = false;
        encoder.Precision = recipe.Precision;
        using var optimizer = new AdamW(OptimizedParameter.Of(encoder.Weights, recipe, method.Frozen), method.Beta2);
        using var stopping = new EarlyStopping(encoder.Weights, recipe.EarlyStoppingPatience);
        var evaluator = new Evaluator(encoder, recipe, timeProvider, progress);
        var step = new TrainingStep(encoder, optimizer, recipe.MaxGradNorm, method.BeforeUpdate);
        var stepsPerEpoch = (objective.Batches(recipe.BatchSize, recipe.Seed, 0).Length + recipe.GradientAccumulation - 1) / recipe.GradientAccumulation;
        var totalSteps = Math.Min(stepsPerEpoch * recipe.Epochs, method.MaxSteps ?? int.MaxValue);
        using var average = new WeightAverage(encoder.Weights, recipe.Averaging, totalSteps);
        var plainAttentionFrom = totalSteps - (int)(totalSteps * method.PlainAttentionShare);
        var resumed = Resume(checkpoints, optimizer, stopping, average, cancellationToken);
        var log = new MetricsLog(method.Phase, recipe.LoggingSteps, stepsPerEpoch, totalSteps, timeProvider, progress, resumed?.Metrics ?? MetricsState.Begin);
        var saved = log.Steps;
        var awaitsEvaluation = resumed?.AwaitsEvaluation ?? false;

        while (awaitsEvaluation || (log.Steps < totalSteps && !log.TimeIsUp(recipe.MaxMinutes) && !stopping.Stopped))
        {
            if (!awaitsEvaluation)
                TrainEpoch();
            awaitsEvaluation = false;
            if (recipe.EarlyStoppingPatience is null && !IsCandidate(Epochs(log.Steps)))
                continue;
            average.Swap();
            try
            {
                stopping.Record(evaluator.Run(validation, TrainingPhase.Validating, cancellationToken), Epochs(log.Steps), average.Steps);
                average.Swap();
            }
            catch (OperationCanceledException) when (log.Steps > saved)
            {
                average.Swap();
                Save(awaitsEvaluation: true);
                throw;
            }
        }

        if (log.Steps > saved)
            Save();
        average.Swap();
        stopping.RestoreBest();
        encoder.Weights.To(encoder.Device, requiresGradient: false);
        encoder.Precision = TrainingPrecision.Fp32;
        return new TrainingOutcome(log.Steps, totalSteps, log.Lines, resumed?.Metrics.Steps, stopping.State.BestAccuracy is null ? average.Steps : stopping.State.AveragedSteps,
            stopping.State.BestAccuracy is not null && stopping.State.BestEpoch < Epochs(log.Steps) ? stopping.State.BestEpoch : null);

        // Weights that have read only half of each text are not the best ones.
        bool IsCandidate(int epoch) => recipe.KeepBest && epoch > recipe.ShortEpochs && recipe.Epochs > recipe.ShortEpochs + 1;

        int Epochs(int steps) => (steps + stepsPerEpoch - 1) / stepsPerEpoch;

        void TrainEpoch()
        {
            var epoch = log.Steps / stepsPerEpoch;
            var batches = objective.Batches(recipe.BatchSize, recipe.Seed, epoch).Chunk(recipe.GradientAccumulation);
            foreach (var chunk in batches.Skip(log.Steps % stepsPerEpoch).Take(totalSteps - log.Steps))
            {
                if (cancellationToken.IsCancellationRequested || (log.Steps % recipe.SaveSteps == 0 && log.Steps > saved))
                    Save();
                cancellationToken.ThrowIfCancellationRequested();
                encoder.AttentionOverride = log.Steps < plainAttentionFrom ? method.Attention : null;
                var learningRate = LearningRateSchedule.At(log.Steps, totalSteps, recipe);
                var outcome = step.Take(
                    [.. chunk.Select(batch => objective.Gather(batch, recipe.Seed, epoch))], learningRate, Seeds.Of(recipe.Seed, DropoutPurpose, log.Steps));
                log.Add(outcome, learningRate);
                average.Add(log.Steps);
                if (log.Steps % StepsPerCollection == 0)
                    NativeMemory.Collect();
                if (log.TimeIsUp(recipe.MaxMinutes))
                    break;
            }

            encoder.AttentionOverride = null;
        }

        void Save(bool awaitsEvaluation = false)
        {
            // Not cancellable: cancellation is exactly when the checkpoint is needed.
            checkpoints.Save(new LoopState(method.Phase, log.State, stopping.State, recipe.Precision) { AwaitsEvaluation = awaitsEvaluation }, Tensors(optimizer, stopping, average), CancellationToken.None);
            saved = log.Steps;
        }
    }

    /// <summary>Each training phase has its own dropout seeds.</summary>
    private string DropoutPurpose => method.Phase == TrainingPhase.Training ? "dropout" : $"dropout {method.Phase}";

    private LoopState? Resume(TrainingCheckpoints checkpoints, AdamW optimizer, EarlyStopping stopping, WeightAverage average, CancellationToken cancellationToken)
    {
        if (checkpoints.Find(cancellationToken) is not { } state || state.Stage != method.Phase)
            return null;
        stopping.Resume(state.Stopping);
        average.Resume(state.Metrics.Steps);
        checkpoints.Restore(Tensors(optimizer, stopping, average), cancellationToken);
        return state;
    }

    /// <summary>All tensors that a step changes.</summary>
    private Dictionary<string, Tensor> Tensors(AdamW optimizer, EarlyStopping stopping, WeightAverage average) =>
        encoder.Weights.Tensors.Select(t => KeyValuePair.Create($"weights/{t.Key}", t.Value))
            .Concat(optimizer.State.Select(t => KeyValuePair.Create(t.Name, t.Value)))
            .Concat(stopping.Best.Select(t => KeyValuePair.Create($"best/{t.Key}", t.Value)))
            .Concat(average.Tensors.Select(t => KeyValuePair.Create($"average/{t.Key}", t.Value)))
            .ToDictionary();
}

/// <param name="Steps">Optimizer steps taken.</param>
/// <param name="TotalSteps">Planned steps; more than taken after a time limit or early stopping.</param>
/// <param name="Metrics">One line per logging interval.</param>
/// <param name="ResumedAt">Step of the checkpoint that training resumed from; null if it started from the beginning.</param>
/// <param name="AveragedSteps">Number of steps that the weights are an average of; 0 if they are those of one step.</param>
/// <param name="KeptEpoch">The epoch, counted from 1, whose weights were better than those of all later ones; null if the last one's were.</param>
public sealed record TrainingOutcome(int Steps, int TotalSteps, IReadOnlyList<MetricsLine> Metrics, int? ResumedAt, int AveragedSteps, int? KeptEpoch);
