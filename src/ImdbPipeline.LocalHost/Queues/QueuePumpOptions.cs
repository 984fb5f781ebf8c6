using System.ComponentModel.DataAnnotations;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.LocalHost.Queues;

/// <summary>How a queue is polled; option names match <c>host.json</c> of the Functions host where possible.</summary>
public sealed record QueuePumpOptions
{
    /// <summary>Maximum number of messages handled concurrently.</summary>
    public int BatchSize { get; init; } = 2;

    /// <summary>After this many failed deliveries, a message goes to the poison queue.</summary>
    public int MaxDequeueCount { get; init; } = 5;

    /// <summary>How long a failed message stays invisible before it is redelivered.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Visibility timeout of a received message; renewed while its handler runs.</summary>
    [Setting("QueueLeaseSeconds", "whole seconds from 1 to 3600"), Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan Lease { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Pause after an empty response; doubles up to <see cref="MaxPollingInterval"/>.</summary>
    public TimeSpan PollingInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    public TimeSpan MaxPollingInterval { get; init; } = TimeSpan.FromSeconds(2);
}
