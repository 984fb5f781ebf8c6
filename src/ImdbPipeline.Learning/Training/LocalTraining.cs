using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.BaseModels;
using ImdbPipeline.Learning.Resuming;

namespace ImdbPipeline.Learning.Training;

/// <summary>Trains without a storage account: a prepared data set in, a model folder out.</summary>
public sealed class LocalTraining(BaseModelResolver resolver, ModelTraining training)
{
    /// <summary>One without any storage account; names of models in storage are refused.</summary>
    /// <param name="setting">Looks a setting up by name: <c>IMDB_CACHE</c>, <c>HF_ENDPOINT</c>.</param>
    public static LocalTraining Create(Func<string, string?> setting, TimeProvider clock)
    {
        var cache = new ModelCache(ModelCache.DefaultRoot(setting), clock);
        return new LocalTraining(new BaseModelResolver(new HubModels(new HubClient(HubOptions.From(setting), clock), cache), stored: null), new ModelTraining(clock));
    }

    /// <param name="auxiliary">Data sets that the same encoder is trained on besides; empty for none.</param>
    /// <param name="baseModel"><c>scratch-mini</c>, a local folder or a Hugging Face id.</param>
    /// <param name="recipe">From <see cref="Recipe.Resolve"/> with <see cref="DefaultRecipes"/>.</param>
    /// <param name="outputFolder">New, empty, or holding a model that is replaced.</param>
    /// <remarks>Killed and called again with the same arguments, it goes on from the checkpoint in <c>{outputFolder}.checkpoint</c>.</remarks>
    /// <exception cref="Core.Foundation.InputRejectedException">The base, the data or the folder cannot be used.</exception>
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
