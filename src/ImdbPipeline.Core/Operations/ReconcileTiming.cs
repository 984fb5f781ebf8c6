namespace ImdbPipeline.Core.Operations;

/// <summary>How long the reconciler leaves things to those whose job they are.</summary>
public sealed record ReconcileTiming
{
    /// <summary>A younger upload's own event may still be on its way or at work.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>A file that made no progress for so long, with no message left that could bring any, lost a message.</summary>
    public TimeSpan Stalled { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>The same while the queue still holds messages, which may or may not be the file's.</summary>
    public TimeSpan StalledBehindOthers { get; init; } = TimeSpan.FromHours(2);

    /// <summary>Shards without a plan are what a killed process left.</summary>
    public TimeSpan Abandoned { get; init; } = TimeSpan.FromDays(1);

    /// <summary>At most so many uploads are made up for in one round; the next round takes the next ones.</summary>
    public int MostAtOnce { get; init; } = 200;
}
