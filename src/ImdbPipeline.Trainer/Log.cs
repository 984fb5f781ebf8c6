using ImdbPipeline.Core.Foundation;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.Trainer;

/// <summary>Log messages of this project.</summary>
internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "No training job is waiting")]
    public static partial void NothingToDo(this ILogger log);

    [LoggerMessage(Level = LogLevel.Error, Message = "Moving message {Message} to the poison queue: {Reason}")]
    public static partial void UnknownJob(this ILogger log, Printable message, Printable reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Run {Run} is in progress in another trainer")]
    public static partial void RunBusy(this ILogger log, Printable run);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Another trainer has taken over run {Run}")]
    public static partial void RunTaken(this ILogger log, Printable run, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "Step {Step} of {Total}: loss {Loss:0.0000}, learning rate {LearningRate:0.0000000}")]
    public static partial void Trained(this ILogger log, int step, int total, double loss, double learningRate);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Could not write progress of run {Run}; will retry")]
    public static partial void ProgressNotWritten(this ILogger log, Printable run, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "Stopped run {Run}; returned its message to the queue")]
    public static partial void Stopped(this ILogger log, Printable run);

    [LoggerMessage(Level = LogLevel.Information, Message = "Run {Run} was cancelled: {Reason}")]
    public static partial void Cancelled(this ILogger log, Printable run, Printable reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Could not keep message {Message} invisible, will retry: {Reason}")]
    public static partial void MessageNotRenewed(this ILogger log, Printable message, Printable reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Run {Run} was rejected")]
    public static partial void RunRejected(this ILogger log, Printable run, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Attempt {Attempt} of run {Run} failed")]
    public static partial void Failed(this ILogger log, Printable run, int attempt, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Stopping, because storage stayed unavailable: {Reason} The job continues from its last checkpoint when storage is back.")]
    public static partial void StorageGivenUp(this ILogger log, Printable reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Stopping without a new checkpoint, because storage did not respond within {Grace}; the job continues from its last one")]
    public static partial void StorageTooSlow(this ILogger log, TimeSpan grace);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Could not record the end of this attempt of run {Run}: {Reason}")]
    public static partial void AttemptNotEnded(this ILogger log, Printable run, Printable reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Run {Run} published model {Model}: {Promotion}")]
    public static partial void Published(this ILogger log, Printable run, Printable model, Printable promotion);
}
