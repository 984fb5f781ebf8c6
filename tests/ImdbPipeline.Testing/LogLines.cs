using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.Testing;

/// <summary>Keeps log messages so that a test can wait for them.</summary>
public sealed class LogLines : ILogger
{
    public ConcurrentQueue<string> Lines { get; } = new();

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Lines.Enqueue(formatter(state, exception));
}
