using System.Text.Json.Serialization;
using Azure.Storage.Blobs.Models;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Storage;

namespace ImdbPipeline.Core.Datasets;

/// <summary>The tasks in storage. All datasets of a task have the same labels.</summary>
public sealed class TaskStore(PipelineStorage storage, TimeProvider timeProvider)
{
    /// <summary>What <see cref="IsName"/> requires, for error messages.</summary>
    public const string NameRequirement = "a name of 1 to 200 characters that does not start with _ or . and contains none of / \\ ? # %";

    private const int MaxNameLength = 200;

    /// <summary>Whether a name can be a task's, or a dataset's, which a task may be named after: it is safe in paths.</summary>
    public static bool IsName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Length is > 0 and <= MaxNameLength && name[0] is not ('_' or '.') && !name.Any(c => c is '/' or '\\' or '?' or '#' or '%') && BlobName.IsAddressable(name);
    }

    /// <returns>Null if there is no such task.</returns>
    public async Task<LabelledTask?> FindAsync(string task, CancellationToken cancellationToken) =>
        IsName(task) ? (await storage.Prepared.ReadJsonAsync<LabelledTask>(StorageLayout.TaskRecord(task), cancellationToken))?.Value : null;

    /// <returns>All tasks, by name.</returns>
    public async Task<IReadOnlyList<LabelledTask>> ListAsync(CancellationToken cancellationToken)
    {
        var tasks = new List<LabelledTask>();
        await foreach (var blob in storage.Prepared.GetBlobsAsync(new GetBlobsOptions { Prefix = StorageLayout.TaskRecords }, cancellationToken))
            if ((await storage.Prepared.ReadJsonAsync<LabelledTask>(blob.Name, cancellationToken))?.Value is { } task)
                tasks.Add(task);
        return tasks;
    }

    /// <returns>The names of all tasks but this one.</returns>
    public async Task<IReadOnlyList<string>> ListOtherNamesAsync(string task, CancellationToken cancellationToken) =>
        [.. (await ListAsync(cancellationToken)).Select(other => other.Name).Where(name => name != task)];

    /// <summary>The task of an incoming file: its first folder, if there is such a task.</summary>
    public async Task<string> OfIncomingAsync(string file, CancellationToken cancellationToken) =>
        StorageLayout.FolderOf(file) is { } folder && await FindAsync(folder, cancellationToken) is not null ? folder : LabelledTask.Default;

    /// <summary>Assigns a dataset to the requested task, which is created if it does not exist; if the labels differ, to one named after the dataset.</summary>
    /// <returns>The task's name; always the same for the same dataset.</returns>
    public async Task<string> AssignAsync(string requested, string dataset, IReadOnlyList<string> labels, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(requested);
        if ((await FindOrCreateAsync(requested, dataset, labels, cancellationToken)).HasLabels(labels))
            return requested;
        for (var number = 1; ; number++)
        {
            var name = number == 1 ? dataset : $"{dataset}-{number}";
            if (name != requested && (await FindOrCreateAsync(name, dataset, labels, cancellationToken)).HasLabels(labels))
                return name;
        }
    }

    /// <summary>The task of a dataset version; of one from before there were tasks, the one that it would be assigned to now.</summary>
    public async Task<string> OfAsync(DatasetManifest dataset, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        return dataset.Task ?? await AssignAsync(LabelledTask.Default, dataset.Dataset, dataset.Labels, cancellationToken);
    }

    private async Task<LabelledTask> FindOrCreateAsync(string name, string dataset, IReadOnlyList<string> labels, CancellationToken cancellationToken)
    {
        if (await FindAsync(name, cancellationToken) is { } existing)
            return existing;
        var task = name == LabelledTask.Default && await FindEarlierChampionLabelsAsync(cancellationToken) is { } earlier
            ? new LabelledTask(name, Sorted(earlier), null, timeProvider.GetUtcNow())
            : new LabelledTask(name, Sorted(labels), dataset, timeProvider.GetUtcNow());
        if (await storage.Prepared.CreateJsonAsync(StorageLayout.TaskRecord(name), task, cancellationToken))
            return task;
        return await FindAsync(name, cancellationToken)
            ?? throw new InvalidOperationException($"{StorageLayout.TaskRecord(name)}: expected the existing record, found none: it has just been deleted. Upload the archive again.");
    }

    /// <summary>Before there were tasks, one champion served all datasets; it remains that of the default task.</summary>
    private async Task<IReadOnlyList<string>?> FindEarlierChampionLabelsAsync(CancellationToken cancellationToken) =>
        (await storage.Models.ReadJsonAsync<EarlierChampion>(StorageLayout.EarlierChampion, cancellationToken))?.Value.Model is { } model
            ? (await storage.Models.ReadJsonAsync<ChampionLabels>(StorageLayout.ModelManifest(model), cancellationToken))?.Value.Labels
            : null;

    private static string[] Sorted(IReadOnlyList<string> labels) => [.. labels.Order(StringComparer.Ordinal)];

    // Of the records of the registry, which is a higher layer.
    private sealed record EarlierChampion(string? Model = null);

    private sealed record ChampionLabels([property: JsonRequired] IReadOnlyList<string> Labels);
}
