namespace ImdbPipeline.EndToEnd.Tests.Processes;

/// <summary>When to kill a program: spread over its whole duration, shuffled, reproducible by seed.</summary>
internal static class KillMoments
{
    /// <param name="length">Duration of an uninterrupted run.</param>
    public static TimeSpan[] Over(TimeSpan length, int count, int seed)
    {
        var random = new Random(seed);
        TimeSpan[] moments = [.. Enumerable.Range(0, count).Select(i => length * ((i + random.NextDouble()) / count))];
        random.Shuffle(moments);
        return moments;
    }
}
