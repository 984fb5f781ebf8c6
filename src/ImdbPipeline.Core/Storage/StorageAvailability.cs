using System.Collections.Concurrent;
using ImdbPipeline.Core.Foundation;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.Core.Storage;

/// <summary>Logs once when a storage service stops responding, and once when it responds again.</summary>
public sealed partial class StorageAvailability(TimeProvider timeProvider, ILogger<StorageAvailability> log)
{
    /// <summary>Single failed attempts are normal, and are retried.</summary>
    private static readonly TimeSpan tolerance = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<Uri, Service> services = new();

    /// <summary>Records an attempt that a service responded to, even if it refused the request.</summary>
    internal void Responded(Uri service)
    {
        if (!services.TryRemove(service, out var state) || !state.Reported)
            return;
        var duration = timeProvider.GetElapsedTime(state.FailingSince);
        Back(log, service, duration);
    }

    /// <summary>Records an attempt without a response, or with one that indicates an outage.</summary>
    internal void Failed(Uri service, string reason)
    {
        var now = timeProvider.GetTimestamp();
        var state = services.GetOrAdd(service, _ => new Service(now, false));
        if (!state.Reported && timeProvider.GetElapsedTime(state.FailingSince, now) >= tolerance && services.TryUpdate(service, state with { Reported = true }, state))
            Away(log, service, reason);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Storage {Service} is unavailable, retrying until it is back: {Reason}")]
    private static partial void Away(ILogger log, Uri service, Printable reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Storage {Service} is back after {Duration}")]
    private static partial void Back(ILogger log, Uri service, TimeSpan duration);

    private readonly record struct Service(long FailingSince, bool Reported);
}
