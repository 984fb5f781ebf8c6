using ImdbPipeline.Cli.Screens;
using ImdbPipeline.Cli.Sessions;

namespace ImdbPipeline.Cli.Watching;

/// <summary>Polls storage until a result is available.</summary>
public static class Polling
{
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ExplainInterval = TimeSpan.FromSeconds(5);

    /// <param name="session">Shows the progress line.</param>
    /// <param name="task">The label of the progress line.</param>
    /// <param name="poll">Returns null until the result is available.</param>
    /// <param name="explain">Says why it is not available yet; empty if nothing is unusual.</param>
    public static async Task<T> ForAsync<T>(
        Session session, string task, Func<CancellationToken, Task<T?>> poll, Func<CancellationToken, Task<string>> explain, CancellationToken cancellationToken) where T : class
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(poll);
        ArgumentNullException.ThrowIfNull(explain);
        var timeProvider = session.Terminal.TimeProvider;
        var explained = timeProvider.GetTimestamp();
        var reason = "";
        using var progress = session.Progress(task, total: null, Quantity.Count);
        while (true)
        {
            if (await poll(cancellationToken) is { } found)
                return found;
            if (timeProvider.GetElapsedTime(explained) > ExplainInterval)
                (reason, explained) = (await explain(cancellationToken), timeProvider.GetTimestamp());
            progress.Report(0, null, reason);
            await Task.Delay(Interval, timeProvider, cancellationToken);
        }
    }
}
