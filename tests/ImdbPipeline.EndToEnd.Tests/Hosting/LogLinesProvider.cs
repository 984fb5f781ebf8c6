using ImdbPipeline.Testing;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.EndToEnd.Tests.Hosting;

/// <summary>Logs all categories to the same <see cref="LogLines"/>.</summary>
internal sealed class LogLinesProvider(LogLines lines) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => lines;

    public void Dispose()
    {
        // The lines are still read after the host has stopped.
    }
}
