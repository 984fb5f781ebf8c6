using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.Checkpoints;

namespace ImdbPipeline.Learning.Training;

/// <summary>Tracks steps and elapsed time and reports a metrics line every <c>loggingSteps</c> steps.</summary>
internal sealed class MetricsLog
{
    private readonly TrainingPhase stage;
    private readonly int loggingSteps;
    private readonly int stepsPerEpoch;
    private readonly int totalSteps;
    private readonly TimeProvider timeProvider;
    private readonly IProgress<TrainingProgress>? progress;
    private readonly long started;
    private readonly double secondsBefore;
    private readonly List<MetricsLine> lines;
    private MetricsSums sums;
    private long lineStarted;
    private long tokensBefore;

    /// <param name="resumed">State from the checkpoint; its lines are reported again for the new process.</param>
    public MetricsLog(
        TrainingPhase stage, int loggingSteps, int stepsPerEpoch, int totalSteps, TimeProvider timeProvider, IProgress<TrainingProgress>? progress, MetricsState resumed)
    {
        (this.stage, this.loggingSteps, this.stepsPerEpoch, this.totalSteps, this.timeProvider, this.progress) = (stage, loggingSteps, stepsPerEpoch, totalSteps, timeProvider, progress);
        started = lineStarted = timeProvider.GetTimestamp();
        (Steps, secondsBefore, lines, sums, tokensBefore) = (resumed.Steps, resumed.SecondsElapsed, [.. resumed.Lines], resumed.Sums, resumed.Sums.Tokens);
        // All at the step resumed from: a rate computed from the reports must not count the steps of earlier processes.
        foreach (var line in lines)
            progress?.Report(new TrainingProgress(stage, Steps, totalSteps, line));
    }

    /// <summary>Optimizer steps taken, including those before resuming.</summary>
    public int Steps { get; private set; }

    public IReadOnlyList<MetricsLine> Lines => lines;

    public MetricsState State => new(Steps, SecondsElapsed, sums, [.. lines]);

    private double SecondsElapsed => secondsBefore + timeProvider.GetElapsedTime(started).TotalSeconds;

    public bool TimeIsUp(double? maxMinutes) => maxMinutes is { } max && SecondsElapsed >= max * 60;

    public void Add(StepOutcome outcome, double learningRate)
    {
        Steps++;
        sums = new MetricsSums(sums.Steps + 1, sums.Loss + outcome.Loss, sums.GradNorm + outcome.GradNorm, sums.Tokens + outcome.Tokens);
        var line = Steps % loggingSteps == 0 || Steps == totalSteps ? Line(learningRate) : null;
        progress?.Report(new TrainingProgress(stage, Steps, totalSteps, line));
    }

    private MetricsLine Line(double learningRate)
    {
        var now = timeProvider.GetTimestamp();
        var seconds = timeProvider.GetElapsedTime(lineStarted, now).TotalSeconds;
        var line = new MetricsLine(
            Steps, (double)Steps / stepsPerEpoch, sums.Loss / sums.Steps, learningRate, sums.GradNorm / sums.Steps,
            seconds > 0 ? (sums.Tokens - tokensBefore) / seconds : null, SecondsElapsed, stage);
        lines.Add(line);
        (sums, lineStarted, tokensBefore) = (default, now, 0);
        return line;
    }
}
