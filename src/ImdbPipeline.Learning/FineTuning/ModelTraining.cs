using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Telemetry;
using ImdbPipeline.Learning.Baseline;
using ImdbPipeline.Learning.Checkpoints;
using ImdbPipeline.Learning.Data;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.Evaluating;
using ImdbPipeline.Learning.ModelFolders;
using ImdbPipeline.Learning.Pretraining;
using ImdbPipeline.Learning.Training;

namespace ImdbPipeline.Learning.FineTuning;

/// <summary>Trains and evaluates a model and writes its model folder.</summary>
public sealed class ModelTraining(TeacherResolver teachers, TimeProvider timeProvider)
{
    /// <param name="auxiliary">Auxiliary datasets for multi-task training, each with its own classification head.</param>
    /// <param name="run">ID of the run; null outside the pipeline.</param>
    /// <param name="outputFolder">Created when training and evaluation are complete.</param>
    /// <param name="store">Stores checkpoints; null to disable resuming.</param>
    /// <exception cref="Core.Foundation.InputRejectedException">The base model or a dataset cannot be used.</exception>
    public async Task<TrainedModel> RunAsync(
        IPreparedDataset dataset, IReadOnlyList<IPreparedDataset> auxiliary, IBaseModel baseModel, Recipe recipe, string? run, string outputFolder,
        ICheckpointStore? store, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(auxiliary);
        ArgumentNullException.ThrowIfNull(baseModel);
        ArgumentNullException.ThrowIfNull(recipe);
        ModelFolderWriter.EnsureWritable(outputFolder);
        var teacher = await Stage.RunAsync("ResolveTeacher", _ => teachers.ResolveAsync(recipe.Teacher, progress, cancellationToken));
        var prepared = await baseModel.PrepareAsync(dataset, recipe, teacher, progress, cancellationToken);
        using var encoder = prepared.Encoder;
        var tasks = await AuxiliaryTasks.PrepareAsync(auxiliary, prepared, recipe, progress, cancellationToken);
        var baseline = await Stage.RunAsync("FitBaseline", _ => LinearBaseline.RunAsync(dataset, recipe.Seed, selfLabelled: null, progress, cancellationToken));
        var tokens = new TokenSource(dataset, prepared.Files.Tokenizer.Tokenizer, progress);
        var validation = await tokens.LabelledAsync(Split.Validation, prepared.Treatment.Truncate, cancellationToken);
        var checkpoints = new TrainingCheckpoints(store, TrainingFingerprint.Of([dataset.Manifest, .. auxiliary.Select(d => d.Manifest)], baseModel.Name, recipe, teacher?.Fingerprint));

        if (recipe.Precision == TrainingPrecision.Auto)
            recipe = recipe with { Precision = checkpoints.Find(cancellationToken)?.Precision ?? FastestTrainingPrecision.Of(encoder) };

        var pretrained = Pretrain(prepared, recipe, checkpoints, progress, cancellationToken);
        var outcome = Stage.Run("FineTune", () => new TrainingLoop(encoder, recipe, prepared.Method, timeProvider)
            .Run(tasks.MixWith(prepared.Objective), validation.Part(ValidationHalves.Of(validation).Fit), checkpoints, progress, cancellationToken));

        var evaluator = new Evaluator(encoder, recipe, timeProvider, progress);
        var finished = await Stage.RunAsync("Evaluate", _ => FinishedModel.RunAsync(dataset, prepared, recipe, baseline, evaluator, timeProvider, progress, cancellationToken));
        tasks.Measure(finished.Measured, evaluator, cancellationToken);
        tasks.Detach();
        var state = new TrainerState
        {
            BaseModel = baseModel.Name,
            Dataset = $"{dataset.Manifest.Dataset}/{dataset.Manifest.Version}",
            Run = run,
            Recipe = recipe with { WarmupSteps = LearningRateSchedule.WarmupSteps(outcome.TotalSteps, recipe), WarmupRatio = null },
            Treatment = finished.Treatment,
            GlobalStep = outcome.Steps,
            MaxSteps = outcome.TotalSteps,
            Metrics = finished.Measured.Metrics,
            Confusion = finished.Measured.Confusion,
            LogHistory = [.. pretrained?.Metrics ?? [], .. outcome.Metrics],
            Notes = TrainingNotes.Of(finished, prepared, tasks, recipe, checkpoints, pretrained, outcome),
        };
        ModelFolderWriter.Write(outputFolder, encoder, prepared.Files, state, finished.Blend);
        return new TrainedModel(outputFolder, state, encoder.Config.Labels);
    }

    /// <summary>Runs further pre-training if the recipe has it and no checkpoint is already past it.</summary>
    private TrainingOutcome? Pretrain(
        PreparedTraining prepared, Recipe recipe, TrainingCheckpoints checkpoints, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        if (recipe.FurtherPretraining is null)
            return null;
        var outcome = checkpoints.Find(cancellationToken) is { Stage: TrainingPhase.Training }
            ? null
            : Stage.Run("FurtherPretrain", () => MaskedLanguageTraining.Run(prepared, recipe, checkpoints, timeProvider, progress, cancellationToken));
        prepared.Encoder.Weights.Detach(MaskedLanguageHead.Specs(prepared.Encoder.Config));
        return outcome;
    }
}
