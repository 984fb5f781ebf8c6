using ImdbPipeline.Core.Foundation;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.LocalHost;

/// <summary>All log messages of this project.</summary>
internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Starting Azurite {Version} (the first start downloads it)")]
    public static partial void AzuriteStarting(this ILogger log, Printable version);

    [LoggerMessage(Level = LogLevel.Information, Message = "Azurite is listening on ports {BlobPort} (blobs) and {QueuePort} (queues); data folder: {Folder}")]
    public static partial void AzuriteListens(this ILogger log, int blobPort, int queuePort, Printable folder);

    [LoggerMessage(Level = LogLevel.Error, Message = "Azurite exited with code {ExitCode}; starting it again. Uploads and changes of the last few seconds may be lost.")]
    public static partial void AzuriteDied(this ILogger log, int exitCode);

    [LoggerMessage(Level = LogLevel.Error, Message = "Azurite could not be started again, retrying: {Reason}")]
    public static partial void AzuriteNotRestarted(this ILogger log, Printable reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Hosting the pipeline; HTTP endpoints at {Address}api/")]
    public static partial void Hosting(this ILogger log, Uri address);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Container {Container} cannot be reached, retrying: {Reason}")]
    public static partial void ContainerUnavailable(this ILogger log, Printable container, Printable reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Container {Container} cannot be listed, retrying: {Reason} If other containers can, the likely cause is a blob whose name contains a control character, which Azurite cannot list: delete that blob by its name.")]
    public static partial void ContainerNotListed(this ILogger log, Printable container, Printable reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Container}/{Blob} failed (attempt {Attempt} of {Attempts}): {Reason}")]
    public static partial void BlobFailed(this ILogger log, Printable container, Printable blob, int attempt, int attempts, Printable reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Container}/{Blob} failed {Attempts} times and goes to the poison queue: {Reason}")]
    public static partial void BlobPoisoned(this ILogger log, Printable container, Printable blob, int attempts, Printable reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Queue {Queue} cannot be reached, retrying: {Reason}")]
    public static partial void QueueUnavailable(this ILogger log, Printable queue, Printable reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Queue} message {MessageId} failed (delivery {Delivery} of {Deliveries}): {Reason}")]
    public static partial void DeliveryFailed(this ILogger log, Printable queue, Printable messageId, long delivery, int deliveries, Printable reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Queue} message {MessageId} became a poison message after {Deliveries} deliveries: {Reason}")]
    public static partial void MessagePoisoned(this ILogger log, Printable queue, Printable messageId, long deliveries, Printable reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Queue} message {MessageId} could not be recorded and will be retried")]
    public static partial void PoisonFailed(this ILogger log, Exception error, Printable queue, Printable messageId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Queue} message {MessageId} was taken by another receiver while it was being handled")]
    public static partial void MessageLost(this ILogger log, Printable queue, Printable messageId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Queue} message {MessageId}: the lease could not be renewed: {Reason}")]
    public static partial void RenewalFailed(this ILogger log, Printable queue, Printable messageId, Printable reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The reconciler failed and will run again after its interval: {Reason}")]
    public static partial void ReconcileFailed(this ILogger log, Printable reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Could not report that this host is alive, will retry: {Reason}")]
    public static partial void HeartbeatFailed(this ILogger log, Printable reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Trainer started as process {ProcessId}")]
    public static partial void TrainerStarted(this ILogger log, int processId);

    [LoggerMessage(Level = LogLevel.Information, Message = "trainer: {Line}")]
    public static partial void TrainerSays(this ILogger log, Printable line);

    [LoggerMessage(Level = LogLevel.Information, Message = "Trainer exited with code {ExitCode}")]
    public static partial void TrainerEnded(this ILogger log, int exitCode);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The trainer could not be run, retrying: {Reason}")]
    public static partial void TrainerFailed(this ILogger log, Printable reason);
}
