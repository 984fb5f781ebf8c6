namespace ImdbPipeline.Core.Datasets;

/// <summary><c>prepared/_tasks/{task}.json</c>: a task, which has one champion, and the labels to choose from. Written once.</summary>
/// <param name="Name">The task's name.</param>
/// <param name="Labels">Label names, sorted.</param>
/// <param name="Dataset">The dataset that the labels were taken from; null if they are those of an earlier champion.</param>
/// <param name="CreatedAt">When it was created.</param>
public sealed record LabelledTask(string Name, IReadOnlyList<string> Labels, string? Dataset, DateTimeOffset CreatedAt)
{
    /// <summary>The task of uploads that are in no folder.</summary>
    public const string Default = "default";

    /// <summary>The task of a dataset version, without changing anything; for one from before there were tasks, as its labels suggest.</summary>
    /// <param name="defaultTask">The default task; null if it does not exist yet.</param>
    public static string Of(DatasetManifest dataset, LabelledTask? defaultTask)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        return dataset.Task ?? (defaultTask?.HasLabels(dataset.Labels) == false ? dataset.Dataset : Default);
    }

    /// <summary>The tasks, with the default one, which always exists for its users.</summary>
    public static IEnumerable<LabelledTask> WithDefault(IReadOnlyList<LabelledTask> tasks)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        return tasks.Any(task => task.Name == Default) ? tasks : tasks.Prepend(new LabelledTask(Default, [], null, default));
    }

    public bool HasLabels(IReadOnlyList<string> labels) => AreSame(Labels, labels);

    /// <summary>Whether two lists hold the same labels, in any order.</summary>
    public static bool AreSame(IReadOnlyList<string> labels, IReadOnlyList<string> others)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(others);
        return labels.Order(StringComparer.Ordinal).SequenceEqual(others.Order(StringComparer.Ordinal), StringComparer.Ordinal);
    }
}
