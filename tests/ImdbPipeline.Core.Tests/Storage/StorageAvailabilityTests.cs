using ImdbPipeline.Core.Storage;
using ImdbPipeline.Testing;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.Core.Tests.Storage;

public sealed class StorageAvailabilityTests
{
    private static readonly Uri Blobs = new("http://127.0.0.1:10000/account"), Queues = new("http://127.0.0.1:10001/account");

    private readonly ManualTimeProvider time = new();
    private readonly LogLines log = new();

    [Fact]
    public void An_outage_is_logged_once_when_it_lasts_and_once_when_it_ends()
    {
        var availability = Create();
        for (var second = 0; second <= 60; second++)
        {
            availability.Failed(Blobs, "refused");
            time.Advance(TimeSpan.FromSeconds(1));
        }
        availability.Responded(Blobs);
        availability.Responded(Blobs);

        Assert.Equal(
            [$"Storage {Blobs} is unavailable, retrying until it is back: refused", $"Storage {Blobs} is back after 00:01:01"], log.Lines);
    }

    [Fact]
    public void Single_failed_attempts_are_not_logged()
    {
        var availability = Create();
        for (var attempt = 0; attempt < 20; attempt++)
        {
            availability.Failed(Blobs, "busy");
            time.Advance(TimeSpan.FromSeconds(2));
            availability.Responded(Blobs);
        }

        Assert.Empty(log.Lines);
    }

    [Fact]
    public void Each_service_has_its_own_state()
    {
        var availability = Create();
        availability.Failed(Queues, "refused");
        time.Advance(TimeSpan.FromSeconds(10));
        availability.Responded(Blobs);
        availability.Failed(Queues, "refused");

        Assert.StartsWith($"Storage {Queues} is unavailable", Assert.Single(log.Lines), StringComparison.Ordinal);
    }

    private StorageAvailability Create() => new(time, new Log(log));

    private sealed class Log(LogLines lines) : ILogger<StorageAvailability>
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Lines.Enqueue(formatter(state, exception));
    }
}
