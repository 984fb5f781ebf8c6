using ImdbPipeline.Cli.Screens;
using ImdbPipeline.Cli.Sessions;
using ImdbPipeline.Core.Runs;

namespace ImdbPipeline.Cli.Watching;

/// <summary>Shows the progress of a training run.</summary>
public sealed class TrainingWatch(Session session) : IProgress<TrainingProgress>, IDisposable
{
    private readonly StageProgress<TrainingPhase> progress = new((stage, done) => stage switch
    {
        TrainingPhase.Downloading => session.Progress("Downloading the model", null, bytes => Quantity.Bytes(bytes), done),
        TrainingPhase.Reading => session.Progress("Reading texts", null, Quantity.Count, done),
        TrainingPhase.Preparing => session.Progress("Preparing", null, Quantity.Count, done),
        TrainingPhase.Pretraining => session.Progress("Further pre-training", null, Quantity.Count, done),
        TrainingPhase.Training => session.Progress("Training", null, Quantity.Count, done),
        TrainingPhase.Validating => session.Progress("Validating", null, Quantity.Count, done),
        _ => session.Progress("Evaluating", null, Quantity.Count, done),
    });
    private MetricsLine? metrics;

    public void Report(TrainingProgress value)
    {
        ArgumentNullException.ThrowIfNull(value);
        metrics = value.Metrics ?? metrics;
        progress.Report(value.Phase, value.Done, value.Total, value.Phase == metrics?.Stage ? RunWatch.Describe(metrics) : "");
    }

    public void Dispose() => progress.Dispose();
}
