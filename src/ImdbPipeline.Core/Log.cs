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

    [LoggerMessage(Level = LogLevel.Information, Message = "Run {Run} is {State}: nothing to queue")]
    public static partial void RunKnown(this ILogger log, string run, Training.RunState state);

    [LoggerMessage(Level = LogLevel.Information, Message = "incoming/{File} was deleted before it was scored")]
    public static partial void IncomingGone(this ILogger log, string file);

    [LoggerMessage(Level = LogLevel.Warning, Message = "incoming/{File} waits: no model is champion yet")]
    public static partial void IncomingWaits(this ILogger log, string file);

    [LoggerMessage(Level = LogLevel.Information, Message = "incoming/{File} is plan {Plan}: {Rows} rows in {Shards} shards for model {Model}")]
    public static partial void IncomingPlanned(this ILogger log, string file, string plan, int rows, int shards, string model);

    [LoggerMessage(Level = LogLevel.Warning, Message = "incoming/{File} is refused: {Reason}")]
    public static partial void IncomingRejected(this ILogger log, string file, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "incoming/{File} is scored: {Rows} rows, {Errors} of them errors, by model {Model}")]
    public static partial void FileScored(this ILogger log, string file, int rows, int errors, string model);

    [LoggerMessage(Level = LogLevel.Warning, Message = "incoming/{File}, plan {Plan}: why shard {Shard} failed could not be recorded")]
    public static partial void ShardFailureUnrecorded(this ILogger log, Exception e, string file, string plan, int shard);

    [LoggerMessage(Level = LogLevel.Information, Message = "incoming/{File} was replaced: plan {Plan} ends without a result")]
    public static partial void PlanSuperseded(this ILogger log, string file, string plan);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Container}/{Blob} was missed: handling it now")]
    public static partial void MissedBlob(this ILogger log, string container, string blob);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} incoming files wait: no model is champion yet")]
    public static partial void IncomingFilesWait(this ILogger log, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "incoming/{File}, plan {Plan}: {Missing} of {Shards} shards stood still and are queued again")]
    public static partial void PlanRequeued(this ILogger log, string file, string plan, int missing, int shards);

    [LoggerMessage(Level = LogLevel.Information, Message = "Reconciling {Subject}: {Reason}")]
    public static partial void ReconciledRefusal(this ILogger log, string subject, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Reconciling {Subject} failed")]
    public static partial void ReconcileFailed(this ILogger log, Exception e, string subject);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Queue}: {Subject} is given up: {Reason}")]
    public static partial void MessageGivenUp(this ILogger log, string queue, string subject, string reason);
}
