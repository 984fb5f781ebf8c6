using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.Checkpoints;
using ImdbPipeline.Learning.Training;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Learning.Tests.Training;

public sealed class MetricsLogTests
{
    [Fact]
    public void After_a_resume_progress_starts_at_the_resumed_step_and_the_speed_counts_only_new_tokens()
    {
        var earlier = new MetricsLine(50, 0.5, 0.7, 1e-5, 1, 100, 60, TrainingPhase.Training);
        var (time, reports) = (new ManualTimeProvider(), new List<TrainingProgress>());
        var log = new MetricsLog(
            TrainingPhase.Training, loggingSteps: 50, stepsPerEpoch: 100, totalSteps: 200, time, new Reports(reports),
            new MetricsState(99, 120, new MetricsSums(49, 40, 49, 49_000), [earlier]));
        Assert.Equal((99, earlier), Assert.Single(reports) is var first ? (first.Done, first.Metrics) : default);

        time.Advance(TimeSpan.FromSeconds(2));
        log.Add(new StepOutcome(0.5, 1, 1000), 1e-5);

        Assert.Equal((100, 500), (reports[^1].Done, reports[^1].Metrics!.TokensPerSecond));
    }

    private sealed class Reports(List<TrainingProgress> all) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => all.Add(value);
    }
}
