namespace ImdbPipeline.Testing;

/// <summary>A time provider whose time only moves when advanced.</summary>
public sealed class ManualTimeProvider : TimeProvider
{
    private TimeSpan elapsed;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => elapsed.Ticks;

    public void Advance(TimeSpan time) => elapsed += time;
}
