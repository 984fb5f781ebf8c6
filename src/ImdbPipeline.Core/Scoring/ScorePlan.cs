namespace ImdbPipeline.Core.Scoring;

/// <summary>
/// <c>scores/_work/{plan}/plan.json</c>: fixes the model and the shards of one content of one incoming file. Stays when
/// the file is done, so that late deliveries find that out.
/// </summary>
public sealed record ScorePlan
{
    public required string Plan { get; init; }

    /// <summary>The blob's name in <c>incoming</c>.</summary>
    public required string File { get; init; }

    /// <summary>Of the content that is scored.</summary>
    public required string ETag { get; init; }

    /// <summary>The champion when the plan was made: the one model for the whole file.</summary>
    public required string Model { get; init; }

    public required int Shards { get; init; }

    public required int Rows { get; init; }

    public required ScorePlanState State { get; init; }

    /// <summary>The span that made the plan: the cause of its shards' messages, the first and the repeated ones.</summary>
    public string? Traceparent { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the messages of missing shards were last sent again.</summary>
    public DateTimeOffset? RequeuedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Why the file was given up.</summary>
    public string? Reason { get; init; }
}

public enum ScorePlanState
{
    /// <summary>The shards lie ready; their messages may not all be sent.</summary>
    Planned,

    /// <summary>Every shard's message was sent.</summary>
    Scoring,

    Finished,

    /// <summary>The incoming file was replaced before it was done; the replacement has a plan of its own.</summary>
    Superseded,

    Failed,
}
