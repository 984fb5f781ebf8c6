namespace ImdbPipeline.LocalHost.Blobs;

/// <summary>How a container is polled.</summary>
public sealed record BlobTriggerOptions
{
    /// <summary>Pause between two listings of the container.</summary>
    public TimeSpan PollingInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Maximum number of blobs handled concurrently.</summary>
    public int MaxDegreeOfParallelism { get; init; } = 2;

    /// <summary>After this many failed attempts, a message about the blob goes to the poison queue.</summary>
    public int PoisonBlobThreshold { get; init; } = 5;

    /// <summary>
    /// Pause after the first failure; doubles with each further failure. The Functions host makes all attempts within about two seconds, and leaves what an
    /// outage interrupted to the reconciler.
    /// </summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);
}
