using Microsoft.Extensions.Logging;

namespace ImdbPipeline.Core;

/// <summary>Every line this project logs.</summary>
internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Model {Model} of {By} is champion: {Reason}")]
    public static partial void Promoted(this ILogger log, string model, string by, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Model {Model} of {By} is published but not champion: {Reason}")]
    public static partial void NotPromoted(this ILogger log, string model, string by, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Run {Run} is queued on data set {Dataset}")]
    public static partial void RunQueued(this ILogger log, string run, string dataset);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {Run} is rejected: {Reason}")]
    public static partial void RunRejected(this ILogger log, string run, string reason);
}
