using System.Diagnostics;
using ImdbPipeline.Learning.Encoders;

namespace ImdbPipeline.Learning.Inferring;

/// <summary>Times an encoder on this machine, to choose a precision.</summary>
internal static class SpeedTrial
{
    /// <summary>Another precision must be worth it: it is chosen only if it needs at most this fraction of fp32's time.</summary>
    public const double MaxTime = 0.9;

    private const int RowLength = 256, Rounds = 3;

    /// <returns>Rows of token IDs, together about <paramref name="tokens"/> long.</returns>
    public static int[][] Rows(EncoderConfig config, int tokens)
    {
        var length = Math.Min(RowLength, config.MaxPositions);
        return [.. Enumerable.Range(0, tokens / length).Select(_ => Enumerable.Range(0, length).Select(i => i % config.VocabSize).ToArray())];
    }

    /// <returns>Milliseconds of the fastest round.</returns>
    public static double Best(Action round)
    {
        // Includes preparing kernels for these sizes.
        round();
        var best = double.MaxValue;
        for (var i = 0; i < Rounds; i++)
        {
            var started = Stopwatch.GetTimestamp();
            round();
            best = Math.Min(best, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
        return best;
    }
}
