namespace ImdbPipeline.Core.Operations;

/// <summary>How long the reconciler waits before it steps in, and how much it does per round.</summary>
public sealed record ReconcileTiming
{
    /// <summary>Newer uploads and runs are skipped: their event or message may still be on its way or being handled.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// A plan without progress for this long, while the queue is empty, has lost messages. More than the ten minutes for which the Functions host hides the
    /// messages of a process that was killed.
    /// </summary>
    public TimeSpan Stalled { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Like <see cref="Stalled"/>, while the queue still holds messages, possibly of other files.</summary>
    public TimeSpan StalledBehindOthers { get; init; } = TimeSpan.FromHours(2);

    /// <summary>Shards without a plan are deleted after this time; a killed process left them behind.</summary>
    public TimeSpan Abandoned { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Maximum number of uploads, plans or runs per round; the next round continues.</summary>
    public int MaxPerRound { get; init; } = 200;
}
