using Microsoft.Extensions.Logging;

namespace ImdbPipeline.Trainer;

/// <summary>Log messages of this project.</summary>
internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "No training job is waiting")]
    public static partial void NothingToDo(this ILogger log);

    [LoggerMessage(Level = LogLevel.Error, Message = "Moving message {Message} to the poison queue: {Reason}")]
    public static partial void UnknownJob(this ILogger log, string message, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Run {Run} is in progress in another trainer")]
    public static partial void RunBusy(this ILogger log, string run);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Another trainer has taken over run {Run}")]
    public static partial void RunTaken(this ILogger log, string run, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "Step {Step} of {Total}: loss {Loss:0.0000}, learning rate {LearningRate:0.0000000}")]
    public static partial void Trained(this ILogger log, int step, int total, double loss, double learningRate);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Could not write progress of run {Run}; will retry")]
    public static partial void ProgressNotWritten(this ILogger log, string run, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "Stopped run {Run}; returned its message to the queue")]
    public static partial void Stopped(this ILogger log, string run);

    [LoggerMessage(Level = LogLevel.Error, Message = "Run {Run} was rejected")]
    public static partial void RunRejected(this ILogger log, string run, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Run {Run} failed on delivery {Delivery}")]
    public static partial void Failed(this ILogger log, string run, long delivery, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "Run {Run} published model {Model}: {Promotion}")]
    public static partial void Published(this ILogger log, string run, string model, string promotion);
}
