using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Learning.Encoders;

namespace ImdbPipeline.Learning.Inferring;

/// <summary>Prepares an encoder in the precision in which it is fastest on this machine.</summary>
internal static class FastestPrecision
{
    private const int Tokens = 1024;

    /// <param name="candidates">The precisions in which the model is accurate enough, without fp32.</param>
    /// <returns>The encoder, owned by the caller, its precision, and the milliseconds measured for each candidate.</returns>
    public static FastestEncoder Prepare(EncoderWeights weights, IReadOnlyList<ScoringPrecision> candidates)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(candidates);
        var rows = SpeedTrial.Rows(weights.Config, Tokens);
        var best = Measured(weights, ScoringPrecision.Fp32, rows);
        var fp32 = best.Milliseconds;
        var measured = new Dictionary<ScoringPrecision, double> { [ScoringPrecision.Fp32] = fp32 };
        foreach (var precision in candidates)
        {
            var candidate = Measured(weights, precision, rows);
            measured[precision] = candidate.Milliseconds;
            var (kept, dropped) = candidate.Milliseconds < Math.Min(best.Milliseconds, SpeedTrial.MaxTime * fp32) ? (candidate, best) : (best, candidate);
            dropped.Encoder.Dispose();
            best = kept;
        }
        return new FastestEncoder(best.Encoder, best.Precision, measured);
    }

    private static (Encoder Encoder, ScoringPrecision Precision, double Milliseconds) Measured(EncoderWeights weights, ScoringPrecision precision, int[][] rows)
    {
        var encoder = Inference.Prepare(weights, precision);
        return (encoder, precision, SpeedTrial.Best(() => Inference.Logits(encoder, rows, rows.Length, progress: null, CancellationToken.None)));
    }
}

/// <param name="Milliseconds">For 1,024 tokens, by precision.</param>
internal sealed record FastestEncoder(Encoder Encoder, ScoringPrecision Precision, IReadOnlyDictionary<ScoringPrecision, double> Milliseconds)
{
    public override string ToString() => string.Join(", ", Milliseconds.Select(m => $"{m.Key.ToString().ToLowerInvariant()} {m.Value:0.0} ms"));
}
