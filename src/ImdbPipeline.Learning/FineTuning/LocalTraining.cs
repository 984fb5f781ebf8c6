using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.Checkpoints;
using ImdbPipeline.Learning.Downloads;
using ImdbPipeline.Learning.ModelFolders;

namespace ImdbPipeline.Learning.FineTuning;

/// <summary>Trains a model folder from a prepared dataset, without a storage account.</summary>
/// <param name="plugIns">Built-in base models from other projects, the default first.</param>
public sealed class LocalTraining(HubOptions options, TimeProvider timeProvider, IEnumerable<IBaseModel> plugIns)
{
    /// <param name="auxiliary">Auxiliary datasets for multi-task training; may be empty.</param>
    /// <param name="baseModel">A built-in base model, a local folder, or a Hugging Face ID; null for the default.</param>
    /// <param name="request">Settings that replace the base model's defaults.</param>
    /// <param name="outputFolder">New or empty, or contains a model to be replaced.</param>
    /// <remarks>If it is killed, calling it again with the same arguments resumes from the checkpoint in <c>{outputFolder}.checkpoint</c>.</remarks>
    /// <exception cref="Core.Foundation.InputRejectedException">The base model, a setting, the dataset or the folder cannot be used.</exception>
    public async Task<TrainedModel> RunAsync(
        IPreparedDataset dataset, IReadOnlyList<IPreparedDataset> auxiliary, string? baseModel, RetrainRequest request, string outputFolder,
        IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        using var client = new HubClient(options, timeProvider);
        var models = new ModelLocator(new HubModels(client, new ModelCache(options.CacheFolder, timeProvider, options.CacheBytes)), stored: null);
        var resolver = new BaseModelResolver(models, plugIns);
        baseModel ??= resolver.Default;
        var recipe = Recipe.Resolve(request, resolver.DefaultRecipe(baseModel, dataset.Manifest, request.Teacher));
        var resolved = await resolver.ResolveAsync(baseModel, progress, cancellationToken);
        var checkpoints = new FolderCheckpoints(Path.TrimEndingDirectorySeparator(Path.GetFullPath(outputFolder)) + ".checkpoint");
        var trained = await new ModelTraining(new TeacherResolver(models, resolver), timeProvider).RunAsync(dataset, auxiliary, resolved, recipe, run: null, outputFolder, checkpoints, progress, cancellationToken);
        checkpoints.Clear();
        return trained;
    }
}
