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
    /// <param name="teacher">As requested; null for the base model's own.</param>
    Recipe DefaultRecipe(DatasetManifest dataset, string? teacher) => Recipe.Notebook;

    /// <summary>Reads the dataset and creates the encoder with its initial weights.</summary>
    /// <param name="teacher">Asked last, because labelling may take long; null for none.</param>
    /// <exception cref="Core.Foundation.InputRejectedException">The base model, the recipe, the dataset or the teacher cannot be used.</exception>
    Task<PreparedTraining> PrepareAsync(
        IPreparedDataset dataset, Recipe recipe, ITeacher? teacher, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken);
}
