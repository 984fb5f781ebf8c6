using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.Data;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.Evaluating;
using ImdbPipeline.Learning.Teaching;
using ImdbPipeline.Learning.Training;

namespace ImdbPipeline.Learning.FineTuning;

/// <summary>Multi-task fine-tuning on auxiliary datasets (Sun et al. 2019).</summary>
internal sealed class AuxiliaryTasks
{
    private readonly EncoderWeights weights;
    private readonly TrainableEncoder encoder;
    private readonly List<Task> tasks = [];

    private AuxiliaryTasks(TrainableEncoder encoder) => (this.encoder, weights) = (encoder, encoder.Weights);

    /// <summary>Notes for the model card.</summary>
    public IEnumerable<string> Notes => tasks.Select(task => $"also trained on {task.Name}: {task.Objective.Count} texts, {task.Labels} labels");

    /// <summary>Reads the datasets and attaches a classification head for each.</summary>
    public static async Task<AuxiliaryTasks> PrepareAsync(
        IReadOnlyList<IPreparedDataset> datasets, PreparedTraining prepared, Recipe recipe, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        var auxiliary = new AuxiliaryTasks(prepared.Encoder);
        foreach (var dataset in datasets)
            auxiliary.tasks.Add(await auxiliary.PrepareAsync(dataset, prepared, recipe, progress, cancellationToken));
        return auxiliary;
    }

    /// <returns>The main task mixed with the auxiliary tasks, or just the main task if there are none.</returns>
    public IObjective MixWith(ClassificationObjective main) =>
        tasks.Count == 0 ? main : new MultiTaskObjective([main, .. tasks.Select(task => task.Objective)]);

    /// <summary>Adds each dataset's validation accuracy as <c>{dataset}.validationAccuracy</c>.</summary>
    public void Measure(Measurements measured, Evaluator evaluator, CancellationToken cancellationToken)
    {
        foreach (var task in tasks)
            measured.AddAuxiliary(task.Dataset, evaluator.Predict(task.Validation, TrainingPhase.Evaluating, cancellationToken, task.Head));
    }

    /// <summary>Removes the auxiliary heads from the model.</summary>
    public void Detach() => weights.Detach([.. tasks.SelectMany(task => task.Specs)]);

    private async Task<Task> PrepareAsync(
        IPreparedDataset dataset, PreparedTraining prepared, Recipe recipe, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        var manifest = dataset.Manifest;
        var tokens = new TokenSource(dataset, prepared.Files.Tokenizer.Tokenizer, progress);
        var train = await tokens.LabelledAsync(Split.Train, prepared.Treatment.Truncate, cancellationToken);
        TokenSource.RequireTwoLabels(train, manifest);
        var head = $"auxiliary.{tasks.Count}.{ParameterNames.Classifier}";
        var specs = ParameterSpecs.Classifier(encoder.Config, head, manifest.Labels.Count);
        weights.Attach(specs, recipe.Seed);
        var examples = SoftLabels.Examples(train, [], manifest.Labels.Count, taught: null);
        return new Task(
            manifest.Dataset, $"{manifest.Dataset}/{manifest.Version}", manifest.Labels.Count, head, specs,
            new ClassificationObjective(encoder, examples, prepared.Objective.Augmentation, head, prepared.Objective.ShortEpochs),
            await tokens.LabelledAsync(Split.Validation, prepared.Treatment.Truncate, cancellationToken));
    }

    private sealed record Task(
        string Dataset, string Name, int Labels, string Head, IReadOnlyList<ParameterSpec> Specs, ClassificationObjective Objective, LabelledTokens Validation);
}
