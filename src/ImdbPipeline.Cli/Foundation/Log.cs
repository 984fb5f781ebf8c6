using Microsoft.Extensions.Logging;

namespace ImdbPipeline.Cli.Foundation;

/// <summary>The log messages of this project.</summary>
internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Error, Message = "The demo failed")]
    public static partial void DemoFailed(this ILogger log, Exception error);
}
