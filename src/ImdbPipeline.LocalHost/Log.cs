using Microsoft.Extensions.Logging;

namespace ImdbPipeline.LocalHost;

/// <summary>Every line this project logs.</summary>
internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Starting Azurite {Version} (the first start downloads it)")]
    public static partial void AzuriteStarting(this ILogger log, string version);

    [LoggerMessage(Level = LogLevel.Information, Message = "Azurite listens on ports {BlobPort} (blobs) and {QueuePort} (queues); its data is in {Folder}")]
    public static partial void AzuriteListens(this ILogger log, int blobPort, int queuePort, string folder);

    [LoggerMessage(Level = LogLevel.Information, Message = "Hosting the pipeline, HTTP on {Address}api/")]
    public static partial void Hosting(this ILogger log, Uri address);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Container {Container} cannot be reached, trying again: {Reason}")]
    public static partial void ContainerUnavailable(this ILogger log, string container, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Container}/{Blob} failed (attempt {Attempt} of {Attempts}): {Reason}")]
    public static partial void BlobFailed(this ILogger log, string container, string blob, int attempt, int attempts, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Container}/{Blob} is given up after {Attempts} attempts: {Reason}")]
    public static partial void BlobPoisoned(this ILogger log, string container, string blob, int attempts, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Queue {Queue} cannot be reached, trying again: {Reason}")]
    public static partial void QueueUnavailable(this ILogger log, string queue, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Queue} message {MessageId} failed (delivery {Delivery} of {Deliveries}): {Reason}")]
    public static partial void DeliveryFailed(this ILogger log, string queue, string messageId, long delivery, int deliveries, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Queue} message {MessageId} is given up after {Deliveries} deliveries: {Reason}")]
    public static partial void MessagePoisoned(this ILogger log, string queue, string messageId, long deliveries, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Queue} message {MessageId} is given up: expected Base64 of UTF-8 text, found something else")]
    public static partial void MessageUndecodable(this ILogger log, string queue, string messageId);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Queue} message {MessageId} could not be recorded and stays in its queue")]
    public static partial void PoisonFailed(this ILogger log, Exception error, string queue, string messageId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Queue} message {MessageId} was taken by another receiver while it was worked on")]
    public static partial void MessageLost(this ILogger log, string queue, string messageId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Queue} message {MessageId} could not be kept invisible: {Reason}")]
    public static partial void RenewalFailed(this ILogger log, string queue, string messageId, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The reconciler failed, trying again at its next turn: {Reason}")]
    public static partial void ReconcileFailed(this ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Trainer started as process {ProcessId}")]
    public static partial void TrainerStarted(this ILogger log, int processId);

    [LoggerMessage(Level = LogLevel.Information, Message = "trainer: {Line}")]
    public static partial void TrainerSays(this ILogger log, string line);

    [LoggerMessage(Level = LogLevel.Information, Message = "Trainer ended with {ExitCode}")]
    public static partial void TrainerEnded(this ILogger log, int exitCode);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The trainer could not be run, trying again: {Reason}")]
    public static partial void TrainerFailed(this ILogger log, string reason);
}
