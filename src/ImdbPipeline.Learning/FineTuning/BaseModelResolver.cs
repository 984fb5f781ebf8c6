using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.Downloads;

namespace ImdbPipeline.Learning.FineTuning;

/// <summary>Finds a base model by name: a built-in one, or one that <see cref="ModelLocator"/> finds.</summary>
/// <param name="plugIns">Built-in base models from other projects, the default first.</param>
public sealed class BaseModelResolver(ModelLocator models, IEnumerable<IBaseModel> plugIns)
{
    private readonly IBaseModel[] builtIn = [.. plugIns, RandomBase.Small, RandomBase.DistilBert];

    /// <summary>The base model of requests that name none: the first plug-in.</summary>
    public string Default => builtIn[0].Name;

    public bool IsBuiltIn(string name) => FindBuiltIn(name) is not null;

    /// <summary>The base model's default recipe; it is known before the base model is downloaded.</summary>
    /// <param name="teacher">As requested; null for the base model's own.</param>
    public Recipe DefaultRecipe(string name, DatasetManifest dataset, string? teacher) => FindBuiltIn(name)?.DefaultRecipe(dataset, teacher) ?? Recipe.Notebook;

    /// <exception cref="InputRejectedException">The model does not exist or cannot be used.</exception>
    public async Task<IBaseModel> ResolveAsync(string name, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken) =>
        FindBuiltIn(name) ?? new FolderBase(
            name, await models.FindAsync(name, new ModelRole("base model", ErrorRules.BaseModelUnknown, [.. builtIn.Select(model => model.Name)]), progress, cancellationToken));

    private IBaseModel? FindBuiltIn(string name) => Array.Find(builtIn, model => model.Name == name);
}
