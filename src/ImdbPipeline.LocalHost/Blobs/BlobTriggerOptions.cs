namespace ImdbPipeline.LocalHost.Blobs;

/// <summary>How a container is watched.</summary>
public sealed record BlobTriggerOptions
{
    /// <summary>The pause between two listings of the container.</summary>
    public TimeSpan PollingInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Blobs handled at the same time.</summary>
    public int MaxDegreeOfParallelism { get; init; } = 2;

    /// <summary>After this many failures a blob's event goes to the poison queue.</summary>
    public int PoisonBlobThreshold { get; init; } = 5;

    /// <summary>The wait after the first failure; it doubles with each further one.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);
}
