using System.Globalization;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.LocalHost.Queues;

/// <summary>How a queue is polled; option names match <c>host.json</c> of the Functions host where possible.</summary>
public sealed record QueuePumpOptions
{
    private const string LeaseSetting = "QueueLeaseSeconds";
    private const int MaxLeaseSeconds = 3600;

    /// <summary>Maximum number of messages handled concurrently.</summary>
    public int BatchSize { get; init; } = 2;

    /// <summary>After this many failed deliveries, a message goes to the poison queue.</summary>
    public int MaxDequeueCount { get; init; } = 5;

    /// <summary>How long a failed message stays invisible before it is redelivered.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Visibility timeout of a received message; renewed while its handler runs.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Pause after an empty response; doubles up to <see cref="MaxPollingInterval"/>.</summary>
    public TimeSpan PollingInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    public TimeSpan MaxPollingInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Returns these options with the setting <c>QueueLeaseSeconds</c> applied, if present.</summary>
    /// <param name="setting">Looks up a setting by name.</param>
    /// <exception cref="InputRejectedException">The setting is invalid.</exception>
    public QueuePumpOptions WithSettings(Func<string, string?> setting)
    {
        ArgumentNullException.ThrowIfNull(setting);
        return setting(LeaseSetting) switch
        {
            null or "" => this,
            var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= MaxLeaseSeconds =>
                this with { Lease = TimeSpan.FromSeconds(seconds) },
            var other => throw new InputRejectedException(
                ErrorRules.SettingInvalid, $"setting {LeaseSetting}", $"whole seconds from 1 to {MaxLeaseSeconds}", $"'{other}'", "Correct it, or leave it out."),
        };
    }
}
