using ImdbPipeline.Core.Registry;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.Checkpoints;
using ImdbPipeline.Learning.Training;

namespace ImdbPipeline.Learning.FineTuning;

/// <summary>What the user should know about a training run: problems with the model first, then how it was trained.</summary>
internal static class TrainingNotes
{
    /// <summary>A warm-up of more than one step in this many is long.</summary>
    private const int LongWarmup = 10;

    /// <summary>Fine-tuning with fewer steps hardly changes an encoder.</summary>
    private const int FewStepsLimit = 100;

    public static IReadOnlyList<string> Of(
        FinishedModel finished, PreparedTraining prepared, AuxiliaryTasks tasks, Recipe recipe, TrainingCheckpoints checkpoints, TrainingOutcome? pretrained, TrainingOutcome outcome)
    {
        var notes = finished.Notes.Concat(prepared.Notes).Concat(tasks.Notes).Concat(Warmup(recipe, outcome.TotalSteps)).Concat(Averaging(recipe, outcome)).Concat(Stages(checkpoints, pretrained, outcome));
        return BaselineComparison.DescribeShortfall(finished.Measured.Metrics) is { } warning ? [warning, .. FewSteps(outcome), .. notes] : [.. notes];
    }

    private static IEnumerable<string> FewSteps(TrainingOutcome outcome)
    {
        if (outcome.TotalSteps < FewStepsLimit)
            yield return $"the training had only {outcome.TotalSteps} steps: more epochs, or a higher learning rate, may give a better model";
    }

    /// <summary>A warm-up that was asked for and takes much of a short run leaves the model half trained.</summary>
    internal static IEnumerable<string> Warmup(Recipe recipe, int totalSteps)
    {
        var warmup = LearningRateSchedule.WarmupSteps(totalSteps, recipe);
        if ((!recipe.LimitWarmup || recipe.WarmupRatio is not null) && warmup > totalSteps / LongWarmup && warmup > 1)
            yield return warmup < totalSteps
                ? $"the warm-up takes {warmup} of {totalSteps} steps, more than a tenth: fewer warm-up steps may give a better model"
                : $"the warm-up of {warmup} steps is at least as long as the training of {totalSteps}, which never reached its peak learning rate: fewer warm-up steps give a better model";
    }

    private static IEnumerable<string> Averaging(Recipe recipe, TrainingOutcome outcome)
    {
        if (recipe.Averaging != AveragingMode.None)
            yield return outcome.AveragedSteps > 0
                ? $"weights averaged over {outcome.AveragedSteps} steps"
                : $"weights not averaged: those of a step before averaging began, after {outcome.Steps} of {outcome.TotalSteps} planned steps";
    }

    private static IEnumerable<string> Stages(TrainingCheckpoints checkpoints, params TrainingOutcome?[] outcomes)
    {
        if (checkpoints.Ignored is { } reason)
            yield return $"training restarted from the beginning: {reason}";
        foreach (var outcome in outcomes)
        {
            if (outcome?.Metrics is [.., { Stage: TrainingPhase.Pretraining } last])
                yield return $"further pre-training: {outcome.Steps} steps, final masked-language loss {last.Loss:0.000}";
            if (outcome?.KeptEpoch is { } epoch)
                yield return $"the weights are those after epoch {epoch}, when the validation accuracy was highest";
            if (outcome?.ResumedAt is { } step)
                yield return $"resumed from a checkpoint at step {step} of {outcome.TotalSteps}";
        }
    }
}
