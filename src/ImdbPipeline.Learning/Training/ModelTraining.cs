using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Registry;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Telemetry;
using ImdbPipeline.Learning.BaseModels;
using ImdbPipeline.Learning.Baseline;
using ImdbPipeline.Learning.Checkpoints;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.Evaluating;
using ImdbPipeline.Learning.Inferring;
using ImdbPipeline.Learning.Pretraining;
using ImdbPipeline.Learning.Resuming;
using ImdbPipeline.Learning.ScratchMini;

namespace ImdbPipeline.Learning.Training;

/// <summary>The whole training of one model: base and data in, a model folder with its measurements out.</summary>
public sealed class ModelTraining(TimeProvider clock)
{
    /// <param name="auxiliary">Data sets whose labelled reviews train the same encoder, each with a classifier of its own.</param>
    /// <param name="run">The run it is done for; null outside the pipeline.</param>
    /// <param name="outputFolder">Appears when everything is done.</param>
    /// <param name="store">Keeps what a killed training goes on from; null for nothing.</param>
    /// <exception cref="Core.Foundation.InputRejectedException">The base or the data cannot be trained with.</exception>
    public async Task<TrainedModel> RunAsync(
        IPreparedDataset dataset, IReadOnlyList<IPreparedDataset> auxiliary, BaseModel baseModel, Recipe recipe, string? run, string outputFolder,
        ICheckpointStore? store, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(auxiliary);
        ArgumentNullException.ThrowIfNull(baseModel);
        ArgumentNullException.ThrowIfNull(recipe);
        ModelFolderWriter.Claim(outputFolder);
        var prepared = baseModel.Name == BaseModel.ScratchMini
            ? await ScratchMiniTraining.PrepareAsync(dataset, recipe, progress, cancellationToken)
            : await FineTuning.PrepareAsync(dataset, baseModel, recipe, progress, cancellationToken);
        using var encoder = prepared.Encoder;
        var tasks = await AuxiliaryTasks.PrepareAsync(auxiliary, prepared, recipe, progress, cancellationToken);
        var baseline = await Stage.RunAsync("FitBaseline", _ => LinearBaseline.RunAsync(dataset, recipe.Seed, progress, cancellationToken));
        var tokens = new TokenSource(dataset, prepared.Files.Vocabulary, progress);
        var validation = await tokens.LabelledAsync(Split.Validation, prepared.Treatment.Cut, cancellationToken);
        var checkpoints = new TrainingCheckpoints(store, TrainingFingerprint.Of([dataset.Manifest, .. auxiliary.Select(d => d.Manifest)], baseModel.Name, recipe));

        var pretrained = Pretrain(prepared, recipe, checkpoints, progress, cancellationToken);
        var outcome = Stage.Run("FineTune", () => new TrainingLoop(encoder, recipe, prepared.Method, clock)
            .Run(tasks.Beside(prepared.Objective), validation, checkpoints, progress, cancellationToken));

        var test = await tokens.LabelledAsync(Split.Test, prepared.Treatment.Cut, cancellationToken);
        var measured = Stage.Run("Evaluate", () => Measurements.Of(Judge(validation), Judge(validation, ScoringPrecision.Int8), Judge(test), baseline));
        tasks.Measure(measured, recipe, progress, cancellationToken);
        tasks.Detach();
        var state = new TrainerState
        {
            BaseModel = baseModel.Name,
            Dataset = $"{dataset.Manifest.Dataset}/{dataset.Manifest.Version}",
            Run = run,
            Recipe = recipe,
            Treatment = prepared.Treatment,
            Temperature = measured.Temperature,
            GlobalStep = outcome.Steps,
            MaxSteps = outcome.TotalSteps,
            Metrics = measured.Metrics,
            Confusion = measured.Confusion,
            LogHistory = [.. pretrained?.Metrics ?? [], .. outcome.Metrics],
            Notes = Notes(measured, prepared, tasks, checkpoints, pretrained, outcome),
        };
        ModelFolderWriter.Write(outputFolder, encoder, prepared.Files, state);
        return new TrainedModel(outputFolder, state, encoder.Config.Labels);

        JudgedSplit Judge(LabelledTokens split, ScoringPrecision precision = ScoringPrecision.Fp32) =>
            Evaluator.Judge(encoder, split, recipe.EvalBatchSize, TrainingStage.Evaluating, progress, cancellationToken, precision: precision);
    }

    /// <summary>Further pre-training, where the recipe asks for it and no checkpoint is beyond it.</summary>
    private TrainingOutcome? Pretrain(
        PreparedTraining prepared, Recipe recipe, TrainingCheckpoints checkpoints, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        if (recipe.FurtherPretraining is null)
            return null;
        var outcome = checkpoints.Find(cancellationToken) is { Stage: TrainingStage.Training }
            ? null
            : Stage.Run("FurtherPretrain", () => MaskedLanguageTraining.Run(prepared, recipe, checkpoints, clock, progress, cancellationToken));
        prepared.Encoder.Weights.Detach(MaskedLanguageHead.Specs(prepared.Encoder.Config));
        return outcome;
    }

    private static IReadOnlyList<string> Notes(
        Measurements measured, PreparedTraining prepared, AuxiliaryTasks tasks, TrainingCheckpoints checkpoints, TrainingOutcome? pretrained, TrainingOutcome outcome)
    {
        var notes = prepared.Notes.Concat(tasks.Notes).Concat(StageNotes(checkpoints, pretrained, outcome));
        return [.. BelowBaseline.Of(measured.Metrics) is { } warning ? notes.Prepend(warning) : notes];
    }

    private static IEnumerable<string> StageNotes(TrainingCheckpoints checkpoints, params TrainingOutcome?[] outcomes)
    {
        if (checkpoints.Ignored is { } reason)
            yield return $"trained from the beginning: {reason}";
        foreach (var outcome in outcomes)
        {
            if (outcome?.Metrics is [.., { Stage: TrainingStage.Pretraining } last])
                yield return $"further pre-training: {outcome.Steps} steps, masked-language loss {last.Loss:0.000} at the end";
            if (outcome?.ResumedAt is { } step)
                yield return $"went on from a checkpoint at step {step} of {outcome.TotalSteps}";
        }
    }
}

/// <param name="Folder">A Hugging Face folder.</param>
/// <param name="State">How it was trained and how good it is.</param>
/// <param name="Labels">Names by index of the logits.</param>
public sealed record TrainedModel(string Folder, TrainerState State, IReadOnlyList<string> Labels);
