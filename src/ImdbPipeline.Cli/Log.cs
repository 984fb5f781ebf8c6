using Microsoft.Extensions.Logging;

namespace ImdbPipeline.Cli;

/// <summary>Every line this project logs.</summary>
internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Error, Message = "The demo stopped")]
    public static partial void DemoStopped(this ILogger log, Exception error);
}
