using Microsoft.Extensions.Logging;

namespace ImdbPipeline.EndToEnd.Tests.Hosting;

/// <summary>Gives every category the same log.</summary>
internal sealed class EveryCategory(LogLines lines) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => lines;

    public void Dispose()
    {
        // The lines are read after the host has ended.
    }
}
