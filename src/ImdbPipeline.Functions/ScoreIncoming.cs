using Azure.Storage.Blobs;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;
using Microsoft.Azure.Functions.Worker;

namespace ImdbPipeline.Functions;

/// <summary>Splits an incoming file into shards, all for one model version.</summary>
public sealed class ScoreIncoming(ScoreIncomingHandler handler)
{
    [Function(nameof(ScoreIncoming))]
    public Task RunAsync([BlobTrigger(StorageLayout.IncomingTrigger)] BlobClient file, CancellationToken cancellationToken) =>
        handler.HandleAsync(file.Name, cancellationToken);
}
