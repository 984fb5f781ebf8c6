using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;
using Microsoft.Azure.Functions.Worker;

namespace ImdbPipeline.Functions;

/// <summary>Scores one shard; the last shard to finish assembles the file.</summary>
public sealed class ScoreShard(ScoreShardHandler handler)
{
    [Function(nameof(ScoreShard))]
    public Task RunAsync([QueueTrigger(StorageLayout.ScoringShardsQueue)] string body, CancellationToken cancellationToken) =>
        handler.HandleAsync(body, cancellationToken);
}
