namespace ImdbPipeline.Core.Scoring;

public sealed class ScoreRequestHandler
{
    public Task<IReadOnlyList<ScoreRecord>> HandleAsync(ScoreRequest request, CancellationToken cancellationToken) => throw new NotSupportedException(GetType().Name);
}
