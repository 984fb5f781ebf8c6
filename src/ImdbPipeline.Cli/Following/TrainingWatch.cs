using ImdbPipeline.Cli.Screens;
using ImdbPipeline.Core.Training;
using ImdbPipeline.Learning.Training;

namespace ImdbPipeline.Cli.Following;

/// <summary>Shows how far a training in this process is.</summary>
public sealed class TrainingWatch(Session session) : IProgress<TrainingProgress>, IDisposable
{
    private readonly StageProgress<TrainingStage> progress = new(stage => stage switch
    {
        TrainingStage.Downloading => session.Progress("Downloading the base model", null, bytes => Quantity.Bytes(bytes)),
        TrainingStage.Reading => session.Progress("Reading reviews", null, Quantity.Count),
        TrainingStage.Preparing => session.Progress("Preparing", null, Quantity.Count),
        TrainingStage.Training => session.Progress("Training", null, Quantity.Count),
        TrainingStage.Validating => session.Progress("Validating", null, Quantity.Count),
        _ => session.Progress("Evaluating", null, Quantity.Count),
    });
    private MetricsLine? metrics;

    public void Report(TrainingProgress value)
    {
        ArgumentNullException.ThrowIfNull(value);
        metrics = value.Metrics ?? metrics;
        progress.Report(value.Stage, value.Done, value.Total, value.Stage == TrainingStage.Training ? RunWatch.Describe(metrics) : "");
    }

    public void Dispose() => progress.Dispose();
}
