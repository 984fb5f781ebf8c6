using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.Teaching;
using ImdbPipeline.Learning.Training;

namespace ImdbPipeline.Learning.FineTuning;

/// <summary>A model that training starts from.</summary>
public interface IBaseModel
{
    /// <summary>Name as requested.</summary>
    string Name { get; }

    /// <summary>Settings for training on this dataset, unless the request sets them.</summary>
    Recipe DefaultRecipe(DatasetManifest dataset) => Recipe.Notebook;

    /// <summary>Reads the dataset and creates the encoder with its initial weights.</summary>
    /// <param name="taught">The teacher's labels; null without a teacher.</param>
    /// <exception cref="Core.Foundation.InputRejectedException">The base model, the recipe or the dataset cannot be used.</exception>
    Task<PreparedTraining> PrepareAsync(
        IPreparedDataset dataset, Recipe recipe, SoftLabels? taught, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken);
}
