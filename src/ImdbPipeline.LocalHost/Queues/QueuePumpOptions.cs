using System.Globalization;
using ImdbPipeline.Core;

namespace ImdbPipeline.LocalHost.Queues;

/// <summary>How a queue is read; the names are those of the Functions host's <c>host.json</c> where it has them.</summary>
public sealed record QueuePumpOptions
{
    private const string LeaseSetting = "QueueLeaseSeconds";
    private const int MostLeaseSeconds = 3600;

    /// <summary>Messages worked on at the same time.</summary>
    public int BatchSize { get; init; } = 2;

    /// <summary>After this many failed deliveries a message goes to the poison queue.</summary>
    public int MaxDequeueCount { get; init; } = 5;

    /// <summary>How long a failed message stays invisible before it is delivered again.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a message stays invisible if this process dies; renewed while its handler works.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The wait after an empty answer; it doubles up to <see cref="MaxPollingInterval"/>.</summary>
    public TimeSpan PollingInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    public TimeSpan MaxPollingInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>These options with what the setting <c>QueueLeaseSeconds</c> says instead, where it is there.</summary>
    /// <param name="setting">Looks a setting up by name.</param>
    /// <exception cref="InputRejectedException">The setting is wrong.</exception>
    public QueuePumpOptions With(Func<string, string?> setting)
    {
        ArgumentNullException.ThrowIfNull(setting);
        return setting(LeaseSetting) switch
        {
            null or "" => this,
            var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= MostLeaseSeconds =>
                this with { Lease = TimeSpan.FromSeconds(seconds) },
            var other => throw new InputRejectedException(
                "setting-invalid", $"setting {LeaseSetting}", $"whole seconds from 1 to {MostLeaseSeconds}", $"'{other}'", "Correct it, or leave it out."),
        };
    }
}
