using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.Evaluating;

namespace ImdbPipeline.Learning.Training;

/// <summary>Other data sets that train the encoder beside the one the model is for (Sun et al. 2019, multi-task fine-tuning).</summary>
internal sealed class AuxiliaryTasks
{
    private readonly EncoderWeights weights;
    private readonly Encoder encoder;
    private readonly List<Task> tasks = [];

    private AuxiliaryTasks(Encoder encoder) => (this.encoder, weights) = (encoder, encoder.Weights);

    /// <summary>What a person should know.</summary>
    public IEnumerable<string> Notes => tasks.Select(task => $"trained beside it: {task.Name}, {task.Objective.Count} reviews of {task.Labels} labels");

    /// <summary>Reads the data sets and attaches a classifier for each.</summary>
    public static async Task<AuxiliaryTasks> PrepareAsync(
        IReadOnlyList<IPreparedDataset> datasets, PreparedTraining prepared, Recipe recipe, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        var auxiliary = new AuxiliaryTasks(prepared.Encoder);
        foreach (var dataset in datasets)
            auxiliary.tasks.Add(await auxiliary.PrepareAsync(dataset, prepared, recipe, progress, cancellationToken));
        return auxiliary;
    }

    /// <returns>The main task and these, mixed; the main task itself where there are none.</returns>
    public IObjective Beside(ClassificationObjective main) =>
        tasks.Count == 0 ? main : new MultiTaskObjective([main, .. tasks.Select(task => task.Objective)]);

    /// <summary>Measures each on its own validation reviews: <c>{dataset}.validationAccuracy</c>.</summary>
    public void Measure(Measurements measured, Recipe recipe, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        foreach (var task in tasks)
        {
            measured.AddAuxiliary(
                task.Dataset,
                Evaluator.Judge(encoder, task.Validation, recipe.EvalBatchSize, TrainingStage.Evaluating, progress, cancellationToken, task.Head));
        }
    }

    /// <summary>Takes the classifiers away: the model is its own alone.</summary>
    public void Detach() => weights.Detach([.. tasks.SelectMany(task => task.Specs)]);

    private async Task<Task> PrepareAsync(
        IPreparedDataset dataset, PreparedTraining prepared, Recipe recipe, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        var manifest = dataset.Manifest;
        var tokens = new TokenSource(dataset, prepared.Files.Vocabulary, progress);
        var train = await tokens.LabelledAsync(Split.Train, prepared.Treatment.Cut, cancellationToken);
        TokenSource.RefuseEmpty(train, manifest);
        var head = $"auxiliary.{tasks.Count}.{ParameterNames.Classifier}";
        var specs = ParameterSpecs.Classifier(encoder.Config, head, manifest.Labels.Count);
        weights.Attach(specs, recipe.Seed);
        var examples = train.TokenIds.Zip(train.Labels, (ids, label) => TrainingExample.Labelled(ids, label, manifest.Labels.Count)).ToArray();
        return new Task(
            manifest.Dataset, $"{manifest.Dataset}/{manifest.Version}", manifest.Labels.Count, head, specs,
            new ClassificationObjective(encoder, examples, prepared.Objective.Augmentation, head),
            await tokens.LabelledAsync(Split.Validation, prepared.Treatment.Cut, cancellationToken));
    }

    private sealed record Task(
        string Dataset, string Name, int Labels, string Head, IReadOnlyList<ParameterSpec> Specs, ClassificationObjective Objective, LabelledTokens Validation);
}
