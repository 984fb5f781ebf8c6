using Microsoft.Extensions.Logging;

namespace ImdbPipeline.Trainer;

/// <summary>Every line this project logs.</summary>
internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "No training job is waiting")]
    public static partial void NothingToDo(this ILogger log);

    [LoggerMessage(Level = LogLevel.Error, Message = "Message {Message} is moved to the poison queue: {Reason}")]
    public static partial void UnknownJob(this ILogger log, string message, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Run {Run} is being trained by another trainer")]
    public static partial void RunBusy(this ILogger log, string run);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {Run} is no longer this trainer's")]
    public static partial void RunTaken(this ILogger log, string run, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "Step {Step} of {Total}: loss {Loss:0.0000}, learning rate {LearningRate:0.0000000}")]
    public static partial void Trained(this ILogger log, int step, int total, double loss, double learningRate);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Progress of run {Run} could not be written and will be again")]
    public static partial void ProgressNotWritten(this ILogger log, string run, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "Run {Run} stopped; its message waits for another trainer")]
    public static partial void Stopped(this ILogger log, string run);

    [LoggerMessage(Level = LogLevel.Error, Message = "Run {Run} is refused")]
    public static partial void Refused(this ILogger log, string run, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Run {Run} failed in attempt {Attempt}")]
    public static partial void Failed(this ILogger log, string run, long attempt, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "Run {Run} published model {Model}: {Promotion}")]
    public static partial void Published(this ILogger log, string run, string model, string promotion);
}
