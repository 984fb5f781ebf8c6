namespace ImdbPipeline.Core.Scoring;

public sealed class ScoreIncomingHandler
{
    public Task HandleAsync(string file, CancellationToken cancellationToken) => throw new NotSupportedException(GetType().Name);
}
