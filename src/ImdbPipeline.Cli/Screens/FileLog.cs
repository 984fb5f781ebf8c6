using Microsoft.Extensions.Logging;

namespace ImdbPipeline.Cli.Screens;

/// <summary>Writes log lines to a file, with timestamps and full exceptions.</summary>
public sealed class FileLog : ILoggerProvider
{
    private readonly Lock gate = new();
    private readonly StreamWriter file;
    private readonly TimeProvider timeProvider;

    /// <param name="path">Overwritten if it exists.</param>
    public FileLog(string path, TimeProvider timeProvider)
    {
        this.timeProvider = timeProvider;
        // Other processes may read the log while it is written.
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
            // Services may still log during shutdown.
            if (file.BaseStream is not { CanWrite: true })
                return;
            file.WriteLine($"{timeProvider.GetUtcNow():HH:mm:ss.fff} {level} {category}: {message}");
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
