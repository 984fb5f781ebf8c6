using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;
using Microsoft.Azure.Functions.Worker;

namespace ImdbPipeline.Functions;

/// <summary>One shard is scored; whichever ends last puts the file together.</summary>
public sealed class ScoreShard(ScoreShardHandler handler)
{
    [Function(nameof(ScoreShard))]
    public Task RunAsync([QueueTrigger(StorageLayout.ScoringShardsQueue)] string body, CancellationToken cancellationToken) =>
        handler.HandleAsync(body, cancellationToken);
}
