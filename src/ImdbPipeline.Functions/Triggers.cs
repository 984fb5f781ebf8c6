using Azure.Storage.Blobs;
using Azure.Storage.Queues.Models;
using ImdbPipeline.Core.Endpoints;
using ImdbPipeline.Core.Operations;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace ImdbPipeline.Functions;

/// <summary>Every trigger of the app: what starts which handler.</summary>
public sealed class Triggers(
    StartTrainingHandler startTraining, ScoreShardHandler scoreShard, UploadHandler upload, ReconcileHandler reconcile, ScoreEndpoint score, StatusEndpoint status)
{
    // Every tick wakes an app that is scaled to zero, so the deployment sets the schedule.
    private const string ReconcileSchedule = "%ReconcileSchedule%";

    /// <summary>Prepares a dataset from an uploaded archive, or rejects the archive with a reason.</summary>
    /// <param name="archive">Triggers the function; not used.</param>
    /// <param name="name">The blob's name, from the trigger's path.</param>
    [Function(nameof(IngestDataset))]
    public Task IngestDataset([BlobTrigger(StorageLayout.DatasetsTrigger)] BlobClient archive, string name, CancellationToken cancellationToken) =>
        // A BlobClient is only a reference; binding to string or byte[] would send the whole archive through the host. Its name lacks slashes at both ends.
        upload.HandleAsync(StorageLayout.Datasets, name, cancellationToken);

    /// <summary>Records the requested run and queues its job for the trainer.</summary>
    [Function(nameof(StartTraining))]
    public Task StartTraining([QueueTrigger(StorageLayout.RetrainQueue)] QueueMessage message, CancellationToken cancellationToken) =>
        startTraining.HandleAsync(message.ToDelivery(), cancellationToken);

    /// <summary>Splits an incoming file into shards, all for one model version.</summary>
    /// <param name="file">Triggers the function; not used.</param>
    /// <param name="name">The blob's name, from the trigger's path.</param>
    [Function(nameof(ScoreIncoming))]
    public Task ScoreIncoming([BlobTrigger(StorageLayout.IncomingTrigger)] BlobClient file, string name, CancellationToken cancellationToken) =>
        upload.HandleAsync(StorageLayout.Incoming, name, cancellationToken);

    /// <summary>Scores one shard; the last shard to finish assembles the file.</summary>
    [Function(nameof(ScoreShard))]
    public Task ScoreShard([QueueTrigger(StorageLayout.ScoringShardsQueue)] string body, CancellationToken cancellationToken) =>
        scoreShard.HandleAsync(QueueText.Decode(body), cancellationToken);

    /// <summary>
    /// Handles an upload event from Event Grid. The events also wake an app that is scaled to zero, so a deployment with Event
    /// Grid disables the blob triggers, which poll for uploads.
    /// </summary>
    [Function(nameof(UploadReceived))]
    public Task UploadReceived([QueueTrigger(StorageLayout.BlobEventsQueue)] string body, CancellationToken cancellationToken) =>
        upload.HandleAsync(QueueText.Decode(body), cancellationToken);

    /// <summary>Handles uploads whose blob events were lost.</summary>
    [Function(nameof(Reconcile))]
    public Task Reconcile([TimerTrigger(ReconcileSchedule)] TimerInfo timer, CancellationToken cancellationToken) =>
        reconcile.HandleAsync(cancellationToken);

    /// <summary><c>POST /api/score</c>: scores one or a few texts with the champion.</summary>
    [Function(nameof(Score))]
    public async Task<IResult> Score(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = ScoreEndpoint.Route)] HttpRequest request, CancellationToken cancellationToken) =>
        Reply(await score.HandleAsync(request.Body, request.Query[ScoreEndpoint.TaskParameter], cancellationToken));

    /// <summary><c>GET /api/status</c>: the state of the pipeline.</summary>
    [Function(nameof(Status))]
    public async Task<IResult> Status(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = StatusEndpoint.Route)] HttpRequest request, CancellationToken cancellationToken) =>
        Reply(await status.HandleAsync(cancellationToken));

    private static IResult Reply(EndpointReply reply) => Results.Text(reply.Json, reply.ContentType, statusCode: reply.StatusCode);
}
