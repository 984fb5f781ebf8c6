namespace ImdbPipeline.Core.Scoring;

/// <summary>
/// <c>scores/_work/{plan}/plan.json</c>: the model and the shards for one version of an incoming file. Kept after the file
/// is finished, so that late deliveries can tell that it is finished.
/// </summary>
public sealed record ScorePlan
{
    public required string Plan { get; init; }

    /// <summary>Blob name in <c>incoming</c>.</summary>
    public required string File { get; init; }

    /// <summary>ETag of the scored content.</summary>
    public required string ETag { get; init; }

    /// <summary>The champion when the plan was created; scores the whole file.</summary>
    public required string Model { get; init; }

    /// <summary>The precision of all shards, chosen by the host that scored the first one; null before.</summary>
    public ScoringPrecision? Precision { get; init; }

    public required int Shards { get; init; }

    public required int Rows { get; init; }

    /// <summary>The columns that were read: their names by their use, text or id. Null in plans of earlier versions.</summary>
    public IReadOnlyDictionary<string, string>? Columns { get; init; }

    public required ScorePlanState State { get; init; }

    /// <summary>Trace context of the span that created the plan; parent of all its shard messages, including repeated ones.</summary>
    public string? Traceparent { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When messages for missing shards were last resent.</summary>
    public DateTimeOffset? RequeuedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Why scoring the file failed.</summary>
    public string? Reason { get; init; }
}

public enum ScorePlanState
{
    /// <summary>The shards are written; some of their messages may not have been sent.</summary>
    Planned,

    /// <summary>All shard messages have been sent.</summary>
    Scoring,

    Finished,

    /// <summary>The incoming file was replaced before it was finished; the replacement has its own plan.</summary>
    Superseded,

    Failed,
}
