using ImdbPipeline.Core.Runs;

namespace ImdbPipeline.Learning.Training;

/// <summary>Counts steps and time, and makes one metrics line every logging step.</summary>
internal sealed class MetricsLog
{
    private readonly TrainingStage stage;
    private readonly int loggingSteps;
    private readonly int stepsPerEpoch;
    private readonly int totalSteps;
    private readonly TimeProvider clock;
    private readonly IProgress<TrainingProgress>? progress;
    private readonly long began;
    private readonly double secondsBefore;
    private readonly List<MetricsLine> lines;
    private MetricsSums sums;
    private long since;

    /// <param name="resumed">Where a training that goes on had got to; its lines are reported again, since a watcher has not seen them.</param>
    public MetricsLog(
        TrainingStage stage, int loggingSteps, int stepsPerEpoch, int totalSteps, TimeProvider clock, IProgress<TrainingProgress>? progress, MetricsState resumed)
    {
        (this.stage, this.loggingSteps, this.stepsPerEpoch, this.totalSteps, this.clock, this.progress) = (stage, loggingSteps, stepsPerEpoch, totalSteps, clock, progress);
        began = since = clock.GetTimestamp();
        (Steps, secondsBefore, lines, sums) = (resumed.Steps, resumed.SecondsElapsed, [.. resumed.Lines], resumed.Sums);
        foreach (var line in lines)
            progress?.Report(new TrainingProgress(stage, line.Step, totalSteps, line));
    }

    /// <summary>Optimizer steps taken, those before a resumption included.</summary>
    public int Steps { get; private set; }

    public IReadOnlyList<MetricsLine> Lines => lines;

    public MetricsState State => new(Steps, SecondsElapsed, sums, [.. lines]);

    private double SecondsElapsed => secondsBefore + clock.GetElapsedTime(began).TotalSeconds;

    public bool TimeIsUp(double? maxMinutes) => maxMinutes is { } most && SecondsElapsed >= most * 60;

    public void Add(StepOutcome outcome, double learningRate)
    {
        Steps++;
        sums = new MetricsSums(sums.Steps + 1, sums.Loss + outcome.Loss, sums.GradNorm + outcome.GradNorm, sums.Tokens + outcome.Tokens);
        var line = Steps % loggingSteps == 0 || Steps == totalSteps ? Line(learningRate) : null;
        progress?.Report(new TrainingProgress(stage, Steps, totalSteps, line));
    }

    private MetricsLine Line(double learningRate)
    {
        var now = clock.GetTimestamp();
        var seconds = clock.GetElapsedTime(since, now).TotalSeconds;
        var line = new MetricsLine(
            Steps, (double)Steps / stepsPerEpoch, sums.Loss / sums.Steps, learningRate, sums.GradNorm / sums.Steps,
            seconds > 0 ? sums.Tokens / seconds : null, SecondsElapsed, stage);
        lines.Add(line);
        (sums, since) = (default, now);
        return line;
    }
}

/// <param name="Steps">Optimizer steps taken.</param>
/// <param name="SecondsElapsed">Of training, over all processes that took part.</param>
/// <param name="Sums">Since the last line.</param>
/// <param name="Lines">Every line so far.</param>
public sealed record MetricsState(int Steps, double SecondsElapsed, MetricsSums Sums, IReadOnlyList<MetricsLine> Lines)
{
    public static MetricsState Begin { get; } = new(0, 0, default, []);
}

public readonly record struct MetricsSums(int Steps, double Loss, double GradNorm, long Tokens);
