using System.Text.RegularExpressions;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Storage;

namespace ImdbPipeline.Learning.Downloads;

/// <summary>Finds a model by name: a local folder, a model in storage, or a Hugging Face ID.</summary>
/// <param name="stored">Null without a storage account; names of stored models are then rejected.</param>
public sealed partial class ModelLocator(HubModels hub, StoredModels? stored)
{
    private const string StoragePrefix = StorageLayout.Models + "/";

    /// <returns>The local model folder, downloaded if necessary.</returns>
    /// <exception cref="Core.Foundation.InputRejectedException">The model does not exist or is incomplete.</exception>
    public async Task<string> FindAsync(string name, ModelRole role, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(role);
        if (Directory.Exists(name))
            return Path.GetFullPath(name);
        if (name.StartsWith(StoragePrefix, StringComparison.Ordinal))
            return await StoredAsync(name[StoragePrefix.Length..].TrimEnd('/'), role, cancellationToken);
        if (HubId().IsMatch(name))
            return await hub.GetAsync(name, progress, cancellationToken);
        throw role.Unknown(name, $"{string.Join(", ", role.BuiltIn)}, an existing folder, models/base/{{name}}, models/{{version}} or a Hugging Face ID", "none of these", "Check the name.");
    }

    private Task<string> StoredAsync(string path, ModelRole role, CancellationToken cancellationToken)
    {
        if (stored is null)
            throw role.Unknown($"{StoragePrefix}{path}", "a storage account to read it from", "none", "Set AzureWebJobsStorage, or use a local folder.");
        var (isBase, name) = path.StartsWith(StorageLayout.BaseModels, StringComparison.Ordinal) ? (true, path[StorageLayout.BaseModels.Length..]) : (false, path);
        if (!PlainName().IsMatch(name))
            throw role.Unknown($"{StoragePrefix}{path}", "a plain name", $"'{name}'", "Use models/base/{name} or models/{version}.");
        return isBase ? stored.GetBaseAsync(name, cancellationToken) : stored.GetPublishedAsync(name, cancellationToken);
    }

    [GeneratedRegex(@"^[A-Za-z0-9][\w.-]{0,95}(/[A-Za-z0-9][\w.-]{0,95})?$", RegexOptions.ECMAScript)]
    private static partial Regex HubId();

    [GeneratedRegex(@"^[A-Za-z0-9][\w.-]{0,127}$", RegexOptions.ECMAScript)]
    private static partial Regex PlainName();
}
