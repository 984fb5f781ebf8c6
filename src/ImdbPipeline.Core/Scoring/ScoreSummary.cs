namespace ImdbPipeline.Core.Scoring;

/// <summary><c>scores/{file}.summary.json</c>, written last: once it exists, the scored file is complete.</summary>
public sealed record ScoreSummary
{
    /// <summary>Blob name in <c>incoming</c>.</summary>
    public required string File { get; init; }

    public required ScoreState State { get; init; }

    /// <summary>Name of the scored file in <c>scores</c>; null if scoring failed.</summary>
    public string? Scores { get; init; }

    /// <summary>ETag of the scored content of <see cref="File"/>.</summary>
    public required string SourceETag { get; init; }

    public required string Plan { get; init; }

    /// <summary>The model version that scored the whole file.</summary>
    public required string Model { get; init; }

    /// <summary>Number of rows, including errors.</summary>
    public int Rows { get; init; }

    /// <inheritdoc cref="ScorePlan.Columns"/>
    public IReadOnlyDictionary<string, string>? Columns { get; init; }

    /// <summary>Number of predictions per label.</summary>
    public IReadOnlyDictionary<string, int> Labels { get; init; } = new Dictionary<string, int>();

    /// <summary>Number of bad rows; each has its error in the scored file.</summary>
    public int Errors { get; init; }

    /// <summary>Number of texts longer than the model's maximum length.</summary>
    public int Truncated { get; init; }

    /// <summary>Number of texts of which more than a third of the tokens are unknown to the model.</summary>
    public int Unknown { get; init; }

    /// <summary>Why scoring the file failed.</summary>
    public string? Reason { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required DateTimeOffset FinishedAt { get; init; }
}

public enum ScoreState
{
    Scored,
    Failed,
}
