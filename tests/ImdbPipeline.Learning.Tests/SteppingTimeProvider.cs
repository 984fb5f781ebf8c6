namespace ImdbPipeline.Learning.Tests;

/// <summary>A TimeProvider that advances by one step at each call.</summary>
internal sealed class SteppingTimeProvider(TimeSpan step) : TimeProvider
{
    private long now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => now += step.Ticks;
}
