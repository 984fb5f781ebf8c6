using System.Text.Json;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Registry;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Scoring;

namespace ImdbPipeline.Core.Operations;

/// <summary>The state of the pipeline; every list holds only the newest entries, newest first.</summary>
public sealed record PipelineStatus
{
    /// <summary>Address of the blob service, without keys or signatures.</summary>
    public required string Storage { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>The hosts that are alive, if they run all the time; the Functions app is not among them.</summary>
    public IReadOnlyList<HostRecord> Hosts { get; init; } = [];

    /// <summary>Parts of the status that could not be read, and what hosts cannot do.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];

    public required IReadOnlyList<DatasetStatus> Datasets { get; init; }

    public required IReadOnlyList<RejectedUpload> RejectedArchives { get; init; }

    /// <summary>Runs with their state, progress and reason.</summary>
    public required IReadOnlyList<RunRecord> Runs { get; init; }

    /// <summary>All tasks, by name.</summary>
    public required IReadOnlyList<LabelledTaskStatus> Tasks { get; init; }

    public required IReadOnlyList<ModelStatus> Models { get; init; }

    public required IReadOnlyList<QueueStatus> Queues { get; init; }

    /// <summary>Incoming files that have not been scored yet.</summary>
    public required IReadOnlyList<IncomingStatus> Incoming { get; init; }

    /// <summary>Files that were scored or failed.</summary>
    public required IReadOnlyList<ScoreSummary> Scored { get; init; }

    public required IReadOnlyList<RejectedUpload> RejectedIncoming { get; init; }

    /// <summary>Poison messages and blob events.</summary>
    public required IReadOnlyList<PoisonMessage> GivenUp { get; init; }
}

/// <param name="Task">The task's name.</param>
/// <param name="Labels">Label names; empty while the default task has no dataset.</param>
/// <param name="Champion">The champion's model version; null before the first promotion.</param>
/// <param name="History">The latest steps that changed the champion, oldest first.</param>
public sealed record LabelledTaskStatus(string Task, IReadOnlyList<string> Labels, string? Champion, IReadOnlyList<RegistryStep> History);

/// <param name="Task">The task it belongs to.</param>
/// <param name="Dataset">Name of the dataset.</param>
/// <param name="Version">The dataset version.</param>
/// <param name="Archive">The archive it was made from.</param>
/// <param name="Reviews">Number of kept texts per split.</param>
/// <param name="Labels">Label names.</param>
/// <param name="CreatedAt">When it was committed.</param>
public sealed record DatasetStatus(
    string Task, string Dataset, string Version, string Archive, IReadOnlyDictionary<string, int> Reviews, IReadOnlyList<string> Labels, DateTimeOffset CreatedAt)
{
    /// <param name="defaultTask">The default task; null if it does not exist yet.</param>
    public static DatasetStatus Of(DatasetManifest manifest, LabelledTask? defaultTask)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        return new DatasetStatus(
            LabelledTask.Of(manifest, defaultTask),
            manifest.Dataset,
            manifest.Version,
            manifest.Archive.Name,
            manifest.Report.Kept.ToDictionary(kept => JsonNamingPolicy.CamelCase.ConvertName(kept.Key.ToString()), kept => kept.Value.Values.Sum()),
            manifest.Labels,
            manifest.CreatedAt);
    }
}

/// <param name="Name">Blob name in its container.</param>
/// <param name="Reason">What was expected, what was found and what to do.</param>
/// <param name="At">When it was rejected.</param>
public sealed record RejectedUpload(string Name, string Reason, DateTimeOffset At);

/// <param name="Queue">The poison queue.</param>
/// <param name="MessageId">Id on the poison queue; names the record under <c>runs/_poison</c> that contains the message.</param>
/// <param name="Subject">The run or file concerned; null if unknown.</param>
/// <param name="Reason">Why the message failed.</param>
/// <param name="At">When the message reached the poison queue.</param>
public sealed record PoisonMessage(string Queue, string MessageId, string? Subject, string Reason, DateTimeOffset At);

/// <param name="Version">The model version.</param>
/// <param name="Metrics"><c>validationAccuracy</c>, <c>testAccuracy</c> …</param>
/// <param name="Dataset"><c>{dataset}/{version}</c> of the training data.</param>
/// <param name="CreatedAt">When it was published.</param>
/// <param name="Task">The task whose champion it may become; null if it was published before there were tasks.</param>
public sealed record ModelStatus(string Version, IReadOnlyDictionary<string, double> Metrics, string? Dataset, DateTimeOffset CreatedAt, string? Task);

/// <param name="Queue">Queue name.</param>
/// <param name="ApproximateMessages">The storage service's estimate, including messages being processed.</param>
public sealed record QueueStatus(string Queue, int ApproximateMessages);

/// <param name="File">Blob name in <c>incoming</c>.</param>
/// <param name="Bytes">Size in bytes.</param>
/// <param name="UploadedAt">When it was last written.</param>
/// <param name="State"><c>waiting</c>, or <c>scoring</c> once the file has a plan.</param>
/// <param name="Model">The plan's model version; null while waiting.</param>
/// <param name="Shards">Number of shards; null while waiting.</param>
/// <param name="ShardsDone">Number of scored shards; null while waiting.</param>
public sealed record IncomingStatus(
    string File, long Bytes, DateTimeOffset UploadedAt, string State, string? Model, int? Shards, int? ShardsDone);
