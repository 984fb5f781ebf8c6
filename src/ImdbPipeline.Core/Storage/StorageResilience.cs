using Polly;
using Polly.Retry;

namespace ImdbPipeline.Core.Storage;

/// <summary>Repeats read-decide-write rounds that lost to another writer, with jittered back-off so that rivals spread out.</summary>
public static class StorageResilience
{
    private const int Attempts = 60;

    private static readonly ResiliencePipeline<bool> CompareAndSwap = new ResiliencePipelineBuilder<bool>()
        .AddRetry(new RetryStrategyOptions<bool>
        {
            ShouldHandle = new PredicateBuilder<bool>().HandleResult(false),
            MaxRetryAttempts = Attempts - 1,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = TimeSpan.FromMilliseconds(20),
            MaxDelay = TimeSpan.FromSeconds(1),
        })
        .Build();

    /// <param name="subject">What is being changed, for the error message.</param>
    /// <param name="attempt">One round: reads, decides, writes under a condition; <see cref="Swap.Lost{T}"/> where the condition failed.</param>
    /// <exception cref="TimeoutException">Others won every round.</exception>
    public static async Task<T> CompareAndSwapAsync<T>(
        string subject, Func<CancellationToken, Task<Swap<T>>> attempt, CancellationToken cancellationToken)
    {
        var last = Swap.Lost<T>();
        var written = await CompareAndSwap.ExecuteAsync(
            async token => (last = await attempt(token)).Written, cancellationToken);
        return written
            ? last.Result
            : throw new TimeoutException(
                $"{subject}: expected to write within {Attempts} rounds, found it changed by others in each. Try again when fewer writers are at it.");
    }
}

/// <summary>How one round of compare-and-swap ended.</summary>
public readonly record struct Swap<T>(bool Written, T Result);

/// <summary>The two ends of a round of compare-and-swap.</summary>
public static class Swap
{
    /// <summary>Written, or nothing had to be written.</summary>
    public static Swap<T> Done<T>(T result) => new(true, result);

    /// <summary>Another writer was faster: read and decide again.</summary>
    public static Swap<T> Lost<T>() => default;
}
