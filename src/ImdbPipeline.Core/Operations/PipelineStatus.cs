using ImdbPipeline.Core.Registry;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Training;

namespace ImdbPipeline.Core.Operations;

/// <summary>What the pipeline has and does, newest first; every list is cut to a screenful.</summary>
public sealed record PipelineStatus
{
    /// <summary>The blob service's address, without keys or signatures.</summary>
    public required string Storage { get; init; }

    public required DateTimeOffset At { get; init; }

    public required IReadOnlyList<DatasetStatus> Datasets { get; init; }

    public required IReadOnlyList<RejectedUpload> RejectedArchives { get; init; }

    /// <summary>Runs with their state, progress and reason.</summary>
    public required IReadOnlyList<RunRecord> Runs { get; init; }

    /// <summary>The model that scores; null before the first promotion.</summary>
    public string? Champion { get; init; }

    /// <summary>The latest steps of the champion's history.</summary>
    public required IReadOnlyList<RegistryStep> ChampionHistory { get; init; }

    public required IReadOnlyList<ModelStatus> Models { get; init; }

    public required IReadOnlyList<QueueStatus> Queues { get; init; }

    /// <summary>Incoming files that are not scored yet.</summary>
    public required IReadOnlyList<IncomingStatus> Incoming { get; init; }

    /// <summary>Files scored or given up.</summary>
    public required IReadOnlyList<ScoreSummary> Scored { get; init; }

    public required IReadOnlyList<RejectedUpload> RejectedIncoming { get; init; }

    /// <summary>Messages and blob events that were given up.</summary>
    public required IReadOnlyList<GivenUpMessage> GivenUp { get; init; }
}

/// <param name="Dataset">Its name.</param>
/// <param name="Version">Of its content.</param>
/// <param name="Archive">What it was made from.</param>
/// <param name="Reviews">Kept reviews by split name.</param>
/// <param name="Labels">Label names.</param>
/// <param name="CreatedAt">When it was committed.</param>
public sealed record DatasetStatus(
    string Dataset, string Version, string Archive, IReadOnlyDictionary<string, int> Reviews, IReadOnlyList<string> Labels, DateTimeOffset CreatedAt);

/// <param name="Name">The blob's name in its container.</param>
/// <param name="Reason">What was expected, what was found, what to do.</param>
/// <param name="At">When it was refused.</param>
public sealed record RejectedUpload(string Name, string Reason, DateTimeOffset At);

/// <param name="Queue">The poison queue it went to.</param>
/// <param name="MessageId">On that queue; names its record under <c>runs/_poison</c>, which holds the message itself.</param>
/// <param name="Subject">What it was about: a run, a file; null where it cannot be told.</param>
/// <param name="Reason">Why it was given up.</param>
/// <param name="At">When it came to that queue.</param>
public sealed record GivenUpMessage(string Queue, string MessageId, string? Subject, string Reason, DateTimeOffset At);

/// <param name="Version">The model version.</param>
/// <param name="Metrics"><c>validationAccuracy</c>, <c>testAccuracy</c> …</param>
/// <param name="Dataset"><c>{dataset}/{version}</c> it was trained on.</param>
/// <param name="CreatedAt">When it was published.</param>
public sealed record ModelStatus(string Version, IReadOnlyDictionary<string, double> Metrics, string? Dataset, DateTimeOffset CreatedAt);

/// <param name="Queue">Its name.</param>
/// <param name="ApproximateMessages">As the storage service estimates, messages being worked on included.</param>
public sealed record QueueStatus(string Queue, int ApproximateMessages);

/// <param name="File">The blob's name in <c>incoming</c>.</param>
/// <param name="Bytes">Length.</param>
/// <param name="UploadedAt">When it was last written.</param>
/// <param name="State"><c>waiting</c>, or <c>scoring</c> once it is planned.</param>
/// <param name="Model">The model chosen for it; null while it waits.</param>
/// <param name="Shards">Its shards; null while it waits.</param>
/// <param name="ShardsDone">Of them, scored already.</param>
public sealed record IncomingStatus(
    string File, long Bytes, DateTimeOffset UploadedAt, string State, string? Model, int? Shards, int? ShardsDone);
