namespace ImdbPipeline.Core.Runs;

/// <summary>A training run, <c>runs/{run}/run.json</c>; changed only by compare-and-swap on its ETag.</summary>
public sealed record RunRecord
{
    public required string Run { get; init; }

    public required RunState State { get; init; }

    public required RetrainRequest Request { get; init; }

    /// <summary>The task whose champion the model may become; null if the request was rejected, or the run is from before there were tasks.</summary>
    public string? Task { get; init; }

    /// <summary><c>{dataset}/{version}</c>; null if the request was rejected before a dataset was resolved.</summary>
    public string? Dataset { get; init; }

    /// <summary><c>{dataset}/{version}</c> of each auxiliary dataset; empty for none.</summary>
    public IReadOnlyList<string> AuxiliaryDatasets { get; init; } = [];

    /// <summary>The requested base model, if any; after publishing, the one that was used.</summary>
    public string? BaseModel { get; init; }

    /// <summary>How many times a trainer has started the job.</summary>
    public int Attempts { get; init; }

    /// <summary>Whether the last attempt has not reported its end: a trainer is at work, or it was killed.</summary>
    public bool AttemptOpen { get; init; }

    /// <summary>How many attempts in a row crashed or failed without storing a checkpoint. The fifth fails the run.</summary>
    public int FailedAttempts { get; init; }

    /// <summary>Optimizer steps completed.</summary>
    public int Step { get; init; }

    public int TotalSteps { get; init; }

    /// <summary>What the trainer is doing; null before and after training.</summary>
    public RunProgress? Progress { get; init; }

    /// <summary>The published model version.</summary>
    public string? Model { get; init; }

    /// <summary>Whether the model became champion, and if not, why.</summary>
    public string? Promotion { get; init; }

    /// <summary><c>validationAccuracy</c>, <c>testAccuracy</c>, <c>validationLoss</c> …</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = new Dictionary<string, double>();

    /// <summary>Problems with the trained model, and how it was trained.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Why the run was rejected or failed; while it waits for its next attempt, why the last one failed.</summary>
    public string? Reason { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }
}

public enum RunState
{
    Queued,
    Training,
    Evaluating,
    Published,
    Failed,
    Rejected,

    /// <summary>By a person, before it was evaluated.</summary>
    Cancelled,
}
