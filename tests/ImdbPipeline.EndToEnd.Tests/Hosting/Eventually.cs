using System.Diagnostics;

namespace ImdbPipeline.EndToEnd.Tests.Hosting;

/// <summary>Waits for a state that others bring about.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <returns>The first value that is not null.</returns>
    public static async Task<T> FindAsync<T>(string awaited, Func<Task<T?>> look) where T : class
    {
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < Patience; await Task.Delay(Pause, TestContext.Current.CancellationToken))
            if (await look() is { } found)
                return found;
        throw new TimeoutException($"Within {Patience}: expected {awaited}.");
    }

    public static Task HoldsAsync(string awaited, Func<bool> holds) =>
        FindAsync(awaited, () => Task.FromResult(holds() ? awaited : null));
}
