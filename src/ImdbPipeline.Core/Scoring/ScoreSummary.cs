namespace ImdbPipeline.Core.Scoring;

/// <summary><c>scores/{file}.summary.json</c>, written last: the scored file beside it is complete once it is there.</summary>
public sealed record ScoreSummary
{
    /// <summary>The blob's name in <c>incoming</c>.</summary>
    public required string File { get; init; }

    public required ScoreState State { get; init; }

    /// <summary>The blob with the scores, in <c>scores</c>; null where the file was given up.</summary>
    public string? Scores { get; init; }

    /// <summary>Of the content of <see cref="File"/> that was scored.</summary>
    public required string SourceETag { get; init; }

    public required string Plan { get; init; }

    /// <summary>The one model version that scored the whole file.</summary>
    public required string Model { get; init; }

    /// <summary>Rows of the file: the predictions and the errors.</summary>
    public int Rows { get; init; }

    /// <summary>Predictions by label name.</summary>
    public IReadOnlyDictionary<string, int> Labels { get; init; } = new Dictionary<string, int>();

    /// <summary>Rows that are no reviews; each says why on its line.</summary>
    public int Errors { get; init; }

    /// <summary>Reviews longer than the model reads.</summary>
    public int Truncated { get; init; }

    /// <summary>Why the file was given up.</summary>
    public string? Reason { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required DateTimeOffset FinishedAt { get; init; }
}

public enum ScoreState
{
    Scored,
    Failed,
}
