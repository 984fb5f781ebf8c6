using Microsoft.Extensions.Logging;

namespace ImdbPipeline.Cli.Screens;

/// <summary>Writes log messages to the error stream, one line each.</summary>
/// <param name="terminal">The terminal to write to.</param>
/// <param name="verbose">Whether exceptions are shown in full.</param>
public sealed class TerminalLog(Terminal terminal, bool verbose) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new Category(terminal, verbose, categoryName[(categoryName.LastIndexOf('.') + 1)..]);

    public void Dispose()
    {
        // The terminal owns its streams.
    }

    private sealed class Category(Terminal terminal, bool verbose, string name) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var line = $"{logLevel switch { LogLevel.Warning => "warning", > LogLevel.Warning => "error", _ => "info" }}: {name}: {formatter(state, exception)}";
            if (exception is not null)
                line += verbose ? Environment.NewLine + exception : $" ({exception.Message})";
            terminal.Error.WriteLine(line);
        }
    }
}
