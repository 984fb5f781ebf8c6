namespace ImdbPipeline.Core.Scoring;

public sealed class ScoreShardHandler
{
    public Task HandleAsync(string body, CancellationToken cancellationToken) => throw new NotSupportedException(GetType().Name);
}
