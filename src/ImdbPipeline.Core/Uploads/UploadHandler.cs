using ImdbPipeline.Core.Preparing;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;

namespace ImdbPipeline.Core.Uploads;

/// <summary>Hands an upload to the stage of its container: the same as the container's blob trigger does, but told by a message.</summary>
public sealed class UploadHandler(IngestDatasetHandler ingest, ScoreIncomingHandler score)
{
    /// <param name="body">An event of Event Grid as JSON.</param>
    /// <exception cref="InputRejectedException">It is none of an upload, or the upload is refused.</exception>
    public Task HandleAsync(string body, CancellationToken cancellationToken)
    {
        var upload = UploadEvent.Parse(body);
        return upload.Container == StorageLayout.Datasets
            ? ingest.HandleAsync(upload.Blob, cancellationToken)
            : score.HandleAsync(upload.Blob, cancellationToken);
    }
}
