using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.BaseModels;
using ImdbPipeline.Learning.Checkpoints;
using ImdbPipeline.Learning.ModelFolders;

namespace ImdbPipeline.Learning.Recipes;

/// <summary>Trains a model folder from a prepared dataset, without a storage account.</summary>
public sealed class LocalTraining(BaseModelResolver resolver, ModelTraining training)
{
    /// <summary>Creates an instance without a storage account; models in storage cannot be used as base models.</summary>
    public static LocalTraining Create(HubOptions options, TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(options);
        var cache = new ModelCache(options.CacheFolder, timeProvider);
        return new LocalTraining(new BaseModelResolver(new HubModels(new HubClient(options, timeProvider), cache), stored: null), new ModelTraining(timeProvider));
    }

    /// <param name="auxiliary">Auxiliary datasets for multi-task training; may be empty.</param>
    /// <param name="baseModel"><c>scratch-mini</c>, a local folder, or a Hugging Face ID.</param>
    /// <param name="recipe">From <see cref="Recipe.Resolve"/> with <see cref="DefaultRecipes"/>.</param>
    /// <param name="outputFolder">New or empty, or contains a model to be replaced.</param>
    /// <remarks>If it is killed, calling it again with the same arguments resumes from the checkpoint in <c>{outputFolder}.checkpoint</c>.</remarks>
    /// <exception cref="Core.Foundation.InputRejectedException">The base model, the dataset or the folder cannot be used.</exception>
    public async Task<TrainedModel> RunAsync(
        IPreparedDataset dataset, IReadOnlyList<IPreparedDataset> auxiliary, string baseModel, Recipe recipe, string outputFolder,
        IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        var resolved = await resolver.ResolveAsync(baseModel, progress, cancellationToken);
        var checkpoints = new FolderCheckpoints(Path.TrimEndingDirectorySeparator(Path.GetFullPath(outputFolder)) + ".checkpoint");
        var trained = await training.RunAsync(dataset, auxiliary, resolved, recipe, run: null, outputFolder, checkpoints, progress, cancellationToken);
        checkpoints.Clear();
        return trained;
    }
}
