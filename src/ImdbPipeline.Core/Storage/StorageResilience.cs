using Polly;
using Polly.Retry;

namespace ImdbPipeline.Core.Storage;

/// <summary>Retries compare-and-swap after losing to another writer, with jittered exponential back-off.</summary>
public static class StorageResilience
{
    private const int MaxAttempts = 60;

    private static readonly ResiliencePipeline<bool> CompareAndSwap = new ResiliencePipelineBuilder<bool>()
        .AddRetry(new RetryStrategyOptions<bool>
        {
            ShouldHandle = new PredicateBuilder<bool>().HandleResult(false),
            MaxRetryAttempts = MaxAttempts - 1,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = TimeSpan.FromMilliseconds(20),
            MaxDelay = TimeSpan.FromSeconds(1),
        })
        .Build();

    /// <param name="subject">What is being changed; used in the error message.</param>
    /// <param name="attempt">Reads, decides and writes conditionally; returns <see cref="Swap.Lost{T}"/> if the condition failed.</param>
    /// <exception cref="TimeoutException">Every attempt lost to another writer.</exception>
    public static async Task<T> CompareAndSwapAsync<T>(
        string subject, Func<CancellationToken, Task<Swap<T>>> attempt, CancellationToken cancellationToken)
    {
        var last = Swap.Lost<T>();
        var written = await CompareAndSwap.ExecuteAsync(
            async token => (last = await attempt(token)).Written, cancellationToken);
        return written
            ? last.Result
            : throw new TimeoutException(
                $"{subject}: expected to write within {MaxAttempts} attempts, found a concurrent change in each. Try again when there are fewer writers.");
    }
}

/// <summary>Outcome of one compare-and-swap attempt.</summary>
public readonly record struct Swap<T>(bool Written, T Result);

/// <summary>Creates compare-and-swap outcomes.</summary>
public static class Swap
{
    /// <summary>Written, or no write was needed.</summary>
    public static Swap<T> Done<T>(T result) => new(true, result);

    /// <summary>Another writer was faster; read and decide again.</summary>
    public static Swap<T> Lost<T>() => default;
}
