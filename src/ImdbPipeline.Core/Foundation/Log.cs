using Microsoft.Extensions.Logging;

namespace ImdbPipeline.Core.Foundation;

/// <summary>Log messages shared by the pipeline's handlers.</summary>
internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Model {Model} from run {By} is now the champion: {Reason}")]
    public static partial void Promoted(this ILogger log, Printable model, Printable by, Printable reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Model {Model} from run {By} was published but not promoted: {Reason}")]
    public static partial void NotPromoted(this ILogger log, Printable model, Printable by, Printable reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Queued run {Run} on dataset {Dataset}")]
    public static partial void RunQueued(this ILogger log, Printable run, Printable dataset);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Rejected run {Run}: {Reason}")]
    public static partial void RunRejected(this ILogger log, Printable run, Printable reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "incoming/{File} was deleted before it was scored")]
    public static partial void IncomingGone(this ILogger log, Printable file);

    [LoggerMessage(Level = LogLevel.Warning, Message = "incoming/{File} is waiting: there is no champion yet")]
    public static partial void IncomingWaits(this ILogger log, Printable file);

    [LoggerMessage(Level = LogLevel.Error, Message = "incoming/{File} is waiting: its champion cannot be read. {Reason}")]
    public static partial void IncomingWaitsForRepair(this ILogger log, Printable file, Printable reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Planned incoming/{File} as {Plan}: {Rows} rows in {Shards} shards for model {Model}")]
    public static partial void IncomingPlanned(this ILogger log, Printable file, Printable plan, int rows, int shards, Printable model);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Rejected incoming/{File} ({Rule}): {Reason}")]
    public static partial void IncomingRejected(this ILogger log, Printable file, Printable rule, Printable reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Scored incoming/{File}: {Rows} rows, {Errors} errors, model {Model}")]
    public static partial void FileScored(this ILogger log, Printable file, int rows, int errors, Printable model);

    [LoggerMessage(Level = LogLevel.Warning, Message = "incoming/{File}, plan {Plan}: failed to record why shard {Shard} failed")]
    public static partial void ShardFailureUnrecorded(this ILogger log, Exception e, Printable file, Printable plan, int shard);

    [LoggerMessage(Level = LogLevel.Information, Message = "incoming/{File} was replaced; plan {Plan} ends without a result")]
    public static partial void PlanSuperseded(this ILogger log, Printable file, Printable plan);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Container}/{Blob} was missed by its trigger; processing it now")]
    public static partial void MissedBlob(this ILogger log, Printable container, Printable blob);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} incoming files are waiting: there is no champion yet")]
    public static partial void IncomingFilesWait(this ILogger log, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "incoming/{File}, plan {Plan}: requeued {Missing} of {Shards} shards that had stalled")]
    public static partial void PlanRequeued(this ILogger log, Printable file, Printable plan, int missing, int shards);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {Run} is {State}, but no job is queued for it; queueing it again")]
    public static partial void RunRequeued(this ILogger log, Printable run, Printable state);

    [LoggerMessage(Level = LogLevel.Information, Message = "Reconciliation rejected {Subject}: {Reason}")]
    public static partial void ReconciledRejection(this ILogger log, Printable subject, Printable reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Failed to reconcile {Subject}")]
    public static partial void ReconcileFailed(this ILogger log, Exception e, Printable subject);

    [LoggerMessage(Level = LogLevel.Error, Message = "A request failed")]
    public static partial void RequestFailed(this ILogger log, Exception e);

    [LoggerMessage(Level = LogLevel.Error, Message = "Poison message in {Queue} for {Subject}: {Reason}")]
    public static partial void MessagePoisoned(this ILogger log, Printable queue, Printable subject, Printable reason);
}
