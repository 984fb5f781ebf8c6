using ImdbPipeline.Cli.Screens;

namespace ImdbPipeline.Cli.Following;

/// <summary>Looks at storage again and again until something is there.</summary>
public static class Waiting
{
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Remark = TimeSpan.FromMinutes(2);

    /// <param name="session">Whose progress line tells how long it takes.</param>
    /// <param name="task">What is waited for.</param>
    /// <param name="look">Null while it is not there.</param>
    /// <param name="unstarted">Whether a long wait may mean that nobody works on it.</param>
    public static async Task<T> ForAsync<T>(
        Session session, string task, Func<CancellationToken, Task<T?>> look, CancellationToken cancellationToken, bool unstarted = false) where T : class
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(look);
        var clock = session.Terminal.Clock;
        var started = clock.GetTimestamp();
        using var progress = session.Progress(task, total: null, Quantity.Count);
        while (true)
        {
            if (await look(cancellationToken) is { } found)
                return found;
            var idle = unstarted && clock.GetElapsedTime(started) > Remark;
            progress.Report(0, null, idle ? "(is the pipeline running? 'imdb up' runs it here)" : "");
            await Task.Delay(Interval, clock, cancellationToken);
        }
    }
}
