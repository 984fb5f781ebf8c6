namespace ImdbPipeline.Cli.Tests;

/// <summary>A clock that stands still until it is told to go on.</summary>
public sealed class SettableClock : TimeProvider
{
    private TimeSpan elapsed;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => elapsed.Ticks;

    public void Advance(TimeSpan time) => elapsed += time;
}
