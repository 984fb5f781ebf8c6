namespace ImdbPipeline.Testing;

/// <summary>The real time, which storage stamps blobs with, plus an adjustable offset.</summary>
public sealed class AdjustableTimeProvider : TimeProvider
{
    private TimeSpan offset;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + offset;

    public void Advance(TimeSpan by) => offset += by;
}
