using ImdbPipeline.Core.Runs;

namespace ImdbPipeline.Learning.Checkpoints;

/// <param name="Steps">Optimizer steps taken.</param>
/// <param name="SecondsElapsed">Training time, summed over all processes.</param>
/// <param name="Sums">Sums since the last metrics line.</param>
/// <param name="Lines">All metrics lines so far.</param>
public sealed record MetricsState(int Steps, double SecondsElapsed, MetricsSums Sums, IReadOnlyList<MetricsLine> Lines)
{
    public static MetricsState Begin { get; } = new(0, 0, default, []);
}

public readonly record struct MetricsSums(int Steps, double Loss, double GradNorm, long Tokens);
