using Microsoft.Extensions.Logging;

namespace ImdbPipeline.Cli.Screens;

/// <summary>Log lines in a file, with their time and every exception in full.</summary>
public sealed class FileLog : ILoggerProvider
{
    private readonly Lock gate = new();
    private readonly StreamWriter file;
    private readonly TimeProvider clock;

    /// <param name="path">Written anew.</param>
    public FileLog(string path, TimeProvider clock)
    {
        this.clock = clock;
        // Others may look while it is written.
        file = new StreamWriter(new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };
    }

    public ILogger CreateLogger(string categoryName) => new Category(this, categoryName[(categoryName.LastIndexOf('.') + 1)..]);

    public void Dispose()
    {
        lock (gate)
            file.Dispose();
    }

    private void Write(LogLevel level, string category, string message, Exception? exception)
    {
        lock (gate)
        {
            // Somebody may still log while everything is stopped.
            if (file.BaseStream is not { CanWrite: true })
                return;
            file.WriteLine($"{clock.GetUtcNow():HH:mm:ss.fff} {level} {category}: {message}");
            if (exception is not null)
                file.WriteLine(exception);
        }
    }

    private sealed class Category(FileLog log, string name) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel is not LogLevel.None and >= LogLevel.Information;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
                log.Write(logLevel, name, formatter(state, exception), exception);
        }
    }
}
