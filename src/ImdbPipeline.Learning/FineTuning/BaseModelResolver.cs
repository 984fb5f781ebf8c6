using System.Text.RegularExpressions;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Learning.Downloads;

namespace ImdbPipeline.Learning.FineTuning;

/// <summary>Finds a base model by name: a built-in one, a local folder, a model in storage, or a Hugging Face id.</summary>
/// <param name="stored">Null without a storage account; names of stored models are then rejected.</param>
/// <param name="plugIns">Built-in base models from other projects, the default first.</param>
public sealed partial class BaseModelResolver(HubModels hub, StoredModels? stored, IEnumerable<IBaseModel> plugIns)
{
    private const string StoragePrefix = StorageLayout.Models + "/";

    private readonly IBaseModel[] builtIn = [.. plugIns, RandomBase.Small, RandomBase.DistilBert];

    /// <summary>The base model of requests that name none: the first plug-in.</summary>
    public string Default => builtIn[0].Name;

    /// <summary>The base model's default recipe; it is known before the base model is downloaded.</summary>
    public Recipe DefaultRecipe(string name, DatasetManifest dataset) => FindBuiltIn(name)?.DefaultRecipe(dataset) ?? Recipe.Notebook;

    /// <exception cref="InputRejectedException">The model does not exist or cannot be used.</exception>
    public async Task<IBaseModel> ResolveAsync(string name, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (FindBuiltIn(name) is { } found)
            return found;
        if (Directory.Exists(name))
            return new FolderBase(name, Path.GetFullPath(name));
        if (name.StartsWith(StoragePrefix, StringComparison.Ordinal))
            return new FolderBase(name, await StoredAsync(name[StoragePrefix.Length..].TrimEnd('/'), cancellationToken));
        if (HubId().IsMatch(name))
            return new FolderBase(name, await hub.GetAsync(name, progress, cancellationToken));
        throw new InputRejectedException(
            ErrorRules.BaseModelUnknown, $"base model {name}", $"{string.Join(", ", builtIn.Select(model => model.Name))}, an existing folder, models/base/{{name}}, models/{{version}} or a Hugging Face ID", "none of these", "Check the name.");
    }

    private IBaseModel? FindBuiltIn(string name) => Array.Find(builtIn, model => model.Name == name);

    private Task<string> StoredAsync(string path, CancellationToken cancellationToken)
    {
        if (stored is null)
            throw new InputRejectedException(ErrorRules.BaseModelUnknown, $"base model {StoragePrefix}{path}", "a storage account to read it from", "none", "Set AzureWebJobsStorage, or use a local folder.");
        var (isBase, name) = path.StartsWith(StorageLayout.BaseModels, StringComparison.Ordinal) ? (true, path[StorageLayout.BaseModels.Length..]) : (false, path);
        if (!PlainName().IsMatch(name))
            throw new InputRejectedException(ErrorRules.BaseModelUnknown, $"base model {StoragePrefix}{path}", "a plain name", $"'{name}'", "Use models/base/{name} or models/{version}.");
        return isBase ? stored.GetBaseAsync(name, cancellationToken) : stored.GetPublishedAsync(name, cancellationToken);
    }

    [GeneratedRegex(@"^[A-Za-z0-9][\w.-]{0,95}(/[A-Za-z0-9][\w.-]{0,95})?$", RegexOptions.ECMAScript)]
    private static partial Regex HubId();

    [GeneratedRegex(@"^[A-Za-z0-9][\w.-]{0,127}$", RegexOptions.ECMAScript)]
    private static partial Regex PlainName();
}
