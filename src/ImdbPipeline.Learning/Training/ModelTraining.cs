using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Registry;
using ImdbPipeline.Core.Tokenizing;
using ImdbPipeline.Core.Training;
using ImdbPipeline.Learning.Baseline;
using ImdbPipeline.Learning.BaseModels;
using ImdbPipeline.Learning.Checkpoints;
using ImdbPipeline.Learning.Evaluating;
using ImdbPipeline.Learning.ScratchMini;

namespace ImdbPipeline.Learning.Training;

/// <summary>The whole training of one model: base and data in, a model folder with its measurements out.</summary>
public sealed class ModelTraining(TimeProvider clock)
{
    /// <param name="auxiliary">Data sets that the same encoder is trained on besides, each with a classifier of its own; only the classifier of <paramref name="dataset"/> is in the model.</param>
    /// <param name="run">The run it is done for; null outside the pipeline.</param>
    /// <param name="outputFolder">Appears when everything is done.</param>
    /// <exception cref="Core.InputRejectedException">The base or the data cannot be trained with.</exception>
    public async Task<TrainedModel> RunAsync(
        IPreparedDataset dataset, IReadOnlyList<IPreparedDataset> auxiliary, BaseModel baseModel, Recipe recipe, string? run, string outputFolder,
        IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(auxiliary);
        ArgumentNullException.ThrowIfNull(baseModel);
        ArgumentNullException.ThrowIfNull(recipe);
        ModelFolderWriter.RefuseOther(outputFolder);
        var prepared = baseModel.Folder is null
            ? await ScratchMiniTraining.PrepareAsync(dataset, recipe, progress, cancellationToken)
            : await FineTuning.PrepareAsync(dataset, baseModel, recipe, progress, cancellationToken);
        using var encoder = prepared.Encoder;
        var baseline = await LinearBaseline.RunAsync(dataset, recipe.Seed, progress, cancellationToken);
        var tokens = new TokenSource(dataset, prepared.Files.Vocabulary, progress);
        var validation = await tokens.LabelledAsync(Split.Validation, Cut, cancellationToken);

        var outcome = new TrainingLoop(encoder, recipe, prepared.Method, clock).Run(prepared.Examples, validation, progress, cancellationToken);

        var measured = Measurements.Of(Judge(validation), Judge(await tokens.LabelledAsync(Split.Test, Cut, cancellationToken)), baseline);
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
            LogHistory = outcome.Metrics,
            Notes = BelowBaseline.Of(measured.Metrics) is { } warning ? [warning, .. prepared.Notes] : prepared.Notes,
        };
        ModelFolderWriter.Write(outputFolder, encoder, prepared.Files, state);
        return new TrainedModel(outputFolder, state, encoder.Config.Labels);

        int[] Cut(int[] ids) => TokenTruncation.Truncate(ids, prepared.Treatment.MaxLength, prepared.Treatment.Truncation);

        JudgedSplit Judge(LabelledTokens split) =>
            Evaluator.Judge(encoder, split, recipe.EvalBatchSize, TrainingStage.Evaluating, progress, cancellationToken);
    }
}

/// <param name="Folder">A Hugging Face folder.</param>
/// <param name="State">How it was trained and how good it is.</param>
/// <param name="Labels">Names by index of the logits.</param>
public sealed record TrainedModel(string Folder, TrainerState State, IReadOnlyList<string> Labels);
