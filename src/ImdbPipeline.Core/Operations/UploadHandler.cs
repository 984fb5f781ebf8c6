using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Preparing;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Uploads;

namespace ImdbPipeline.Core.Operations;

/// <summary>Passes an upload to the handler of its container. A rejection is a result, which the handler has recorded, so no delivery is repeated for it.</summary>
public sealed class UploadHandler(IngestDatasetHandler ingest, ScoreIncomingHandler score)
{
    /// <param name="body">An Event Grid event as JSON.</param>
    /// <exception cref="InputRejectedException">The event is not an upload.</exception>
    public Task HandleAsync(string body, CancellationToken cancellationToken)
    {
        var upload = UploadEvent.Parse(body);
        return HandleAsync(upload.Container, upload.Blob, cancellationToken);
    }

    /// <param name="container"><c>datasets</c> or <c>incoming</c>.</param>
    /// <param name="blob">The blob's name in the container.</param>
    public async Task HandleAsync(string container, string blob, CancellationToken cancellationToken)
    {
        try
        {
            await (container == StorageLayout.Datasets ? ingest.HandleAsync(blob, cancellationToken) : score.HandleAsync(blob, cancellationToken));
        }
        catch (InputRejectedException)
        {
            // The handler has recorded it, now or earlier; another delivery would be rejected too.
        }
    }
}
