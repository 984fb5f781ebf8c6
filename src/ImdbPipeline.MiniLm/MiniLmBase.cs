using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Tokenizing;
using ImdbPipeline.Learning.FineTuning;
using ImdbPipeline.Learning.ModelFolders;
using ImdbPipeline.Learning.Teaching;
using ImdbPipeline.Learning.Training;

namespace ImdbPipeline.MiniLm;

/// <summary>
/// A pre-trained English encoder that comes with the build: BERT with 6 layers of 384 (all-MiniLM-L6-v2; Wang et al. 2020, Reimers
/// and Gurevych 2019).
/// </summary>
public sealed class MiniLmBase : IBaseModel
{
    public const string ModelName = "minilm";

    private const int MinEpochs = 2, MaxEpochs = 20;

    /// <summary>Small datasets get more epochs, up to about this many examples in total.</summary>
    private const int ExamplesSeen = 2_400;

    private static readonly FolderBase folder = new(ModelName, Path.Combine(AppContext.BaseDirectory, "minilm"));

    /// <summary>False if the package with its weights could not be restored when this program was built.</summary>
    public static bool IsAvailable { get; } = File.Exists(Path.Combine(folder.Folder, CheckpointTensors.File));

    public string Name => ModelName;

    public Recipe DefaultRecipe(DatasetManifest dataset, string? teacher)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        var isTaught = teacher is not (null or Recipe.NoTeacher);
        var texts = Math.Max(1, dataset.Shards.Where(shard => shard.Split == Split.Train || (isTaught && shard.Split == Split.Unsup)).Sum(shard => shard.Rows));
        return Recipe.Notebook with
        {
            Epochs = Math.Clamp(ExamplesSeen / texts, MinEpochs, MaxEpochs),
            ShortEpochs = texts > ExamplesSeen / MinEpochs ? 1 : 0,
            LearningRate = 1e-4,
            MaxLength = 256,
            Truncation = Truncation.HeadTail,
            WarmupRatio = 0.1,
        };
    }

    public async Task<PreparedTraining> PrepareAsync(
        IPreparedDataset dataset, Recipe recipe, ITeacher? teacher, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        var prepared = await folder.PrepareAsync(dataset, recipe, teacher, progress, cancellationToken);
        return dataset.Manifest.Report.SeemsEnglish == false
            ? prepared with { Notes = [$"the texts do not seem to be in English, the only language that {ModelName} knows: try a multilingual base model, such as bert-base-multilingual-uncased", .. prepared.Notes] }
            : prepared;
    }
}
