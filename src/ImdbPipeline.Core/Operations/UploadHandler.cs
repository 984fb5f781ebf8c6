using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Preparing;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Uploads;

namespace ImdbPipeline.Core.Operations;

/// <summary>Passes an upload to the handler of its container, as the blob trigger does, but from a queue message.</summary>
public sealed class UploadHandler(IngestDatasetHandler ingest, ScoreIncomingHandler score)
{
    /// <param name="body">An Event Grid event as JSON.</param>
    /// <exception cref="InputRejectedException">The event is not an upload, or the upload is rejected.</exception>
    public Task HandleAsync(string body, CancellationToken cancellationToken)
    {
        var upload = UploadEvent.Parse(body);
        return upload.Container == StorageLayout.Datasets
            ? ingest.HandleAsync(upload.Blob, cancellationToken)
            : score.HandleAsync(upload.Blob, cancellationToken);
    }
}
