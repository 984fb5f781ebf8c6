using System.Diagnostics;
using Xunit;

namespace ImdbPipeline.Testing;

/// <summary>Waits for a state that other code brings about.</summary>
public static class Eventually
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <param name="maxWait">A minute if omitted.</param>
    /// <param name="describe">What there is instead, for the message after a timeout.</param>
    /// <returns>The first value that is not null.</returns>
    public static async Task<T> FindAsync<T>(string expected, Func<Task<T?>> look, TimeSpan? maxWait = null, Func<string?>? describe = null) where T : class
    {
        var limit = maxWait ?? MaxWait;
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < limit; await Task.Delay(Pause, TestContext.Current.CancellationToken))
            if (await look() is { } found)
                return found;
        throw new TimeoutException($"Expected {expected} within {limit}, {(describe is null ? "timed out" : $"found {describe()}")}.");
    }

    public static Task HoldsAsync(string expected, Func<bool> holds) =>
        FindAsync(expected, () => Task.FromResult(holds() ? expected : null));
}
