using ImdbPipeline.Cli.Screens;
using ImdbPipeline.Cli.Sessions;

namespace ImdbPipeline.Cli.Watching;

/// <summary>Polls storage until a result is available.</summary>
public static class Polling
{
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan HintAfter = TimeSpan.FromMinutes(2);

    /// <param name="session">Shows the progress line.</param>
    /// <param name="task">The label of the progress line.</param>
    /// <param name="poll">Returns null until the result is available.</param>
    public static async Task<T> ForAsync<T>(
        Session session, string task, Func<CancellationToken, Task<T?>> poll, CancellationToken cancellationToken) where T : class
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(poll);
        var timeProvider = session.Terminal.TimeProvider;
        var started = timeProvider.GetTimestamp();
        using var progress = session.Progress(task, total: null, Quantity.Count);
        while (true)
        {
            if (await poll(cancellationToken) is { } found)
                return found;
            var slow = timeProvider.GetElapsedTime(started) > HintAfter;
            progress.Report(0, null, slow ? "(is the pipeline running? Start it with 'imdb up')" : "");
            await Task.Delay(Interval, timeProvider, cancellationToken);
        }
    }
}
