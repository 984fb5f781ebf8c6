namespace ImdbPipeline.Testing;

/// <summary>A time provider that advances by one step at each reading.</summary>
public sealed class SteppingTimeProvider(TimeSpan step) : TimeProvider
{
    private long now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => now += step.Ticks;
}
