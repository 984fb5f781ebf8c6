using ImdbPipeline.Core.Training;

namespace ImdbPipeline.Learning.Training;

/// <summary>Counts steps and time, and makes one metrics line every logging step.</summary>
internal sealed class MetricsLog(int loggingSteps, int stepsPerEpoch, int totalSteps, TimeProvider clock, IProgress<TrainingProgress>? progress)
{
    private readonly long began = clock.GetTimestamp();
    private readonly List<MetricsLine> lines = [];
    private double loss;
    private double gradNorm;
    private int steps;
    private long tokens;
    private long since = clock.GetTimestamp();

    public int Steps { get; private set; }

    public IReadOnlyList<MetricsLine> Lines => lines;

    public bool TimeIsUp(double? maxMinutes) => maxMinutes is { } most && clock.GetElapsedTime(began).TotalMinutes >= most;

    public void Add(StepOutcome outcome, double learningRate)
    {
        Steps++;
        steps++;
        loss += outcome.Loss;
        gradNorm += outcome.GradNorm;
        tokens += outcome.Tokens;
        MetricsLine? line = null;
        if (steps == loggingSteps || Steps == totalSteps)
        {
            var now = clock.GetTimestamp();
            var seconds = clock.GetElapsedTime(since, now).TotalSeconds;
            line = new MetricsLine(
                Steps, (double)Steps / stepsPerEpoch, loss / steps, learningRate, gradNorm / steps,
                seconds > 0 ? tokens / seconds : null, clock.GetElapsedTime(began, now).TotalSeconds);
            lines.Add(line);
            (loss, gradNorm, steps, tokens, since) = (0, 0, 0, 0, now);
        }

        progress?.Report(new TrainingProgress(TrainingStage.Training, Steps, totalSteps, line));
    }
}
