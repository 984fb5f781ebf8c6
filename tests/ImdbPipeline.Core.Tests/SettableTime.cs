namespace ImdbPipeline.Core.Tests;

/// <summary>The real time, since storage stamps blobs with it, moved ahead at will.</summary>
internal sealed class SettableTime : TimeProvider
{
    private TimeSpan ahead;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + ahead;

    public void Advance(TimeSpan by) => ahead += by;
}
