namespace ImdbPipeline.EndToEnd.Tests.Killing;

/// <summary>When a program is killed: spread over its whole length, shuffled, the same for the same seed.</summary>
internal static class Moments
{
    /// <param name="length">Of an undisturbed run.</param>
    public static TimeSpan[] Over(TimeSpan length, int count, int seed)
    {
        var random = new Random(seed);
        TimeSpan[] moments = [.. Enumerable.Range(0, count).Select(i => length * ((i + random.NextDouble()) / count))];
        random.Shuffle(moments);
        return moments;
    }
}
