using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace ImdbPipeline.Core.Telemetry;

/// <summary>The names of the pipeline's spans and metrics.</summary>
public static class PipelineTelemetry
{
    /// <summary>Name of the <see cref="ActivitySource"/> and the <see cref="Meter"/>.</summary>
    public const string Name = "ImdbPipeline";

    /// <summary>Duration of stages in seconds, by <c>imdb.stage</c> and <c>imdb.outcome</c> (done, stopped, failed; refused for rejected input).</summary>
    public const string StageDuration = "imdb.stage.duration";

    /// <summary>Texts kept from ingested archives.</summary>
    public const string ReviewsPrepared = "imdb.reviews.prepared";

    /// <summary>Rows of scored incoming files, by <c>imdb.outcome</c> (scored, unreadable).</summary>
    public const string ReviewsScored = "imdb.reviews.scored";

    /// <summary>Training runs that ended, by <c>imdb.run.state</c> (published, failed, rejected).</summary>
    public const string RunsEnded = "imdb.runs.ended";

    /// <summary>Messages that reached a poison queue, by <c>imdb.queue</c>.</summary>
    public const string PoisonMessages = "imdb.messages.given_up";

    /// <summary>Optimizer steps completed by trainers.</summary>
    public const string TrainingSteps = "imdb.training.steps";

    internal static readonly ActivitySource Source = new(Name);

    private static readonly Meter Meter = new(Name);
    private static readonly Histogram<double> Durations = Meter.CreateHistogram<double>(
        StageDuration, "s", "Duration of stages.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000, 3000, 10000] });
    private static readonly Counter<long> Prepared = Meter.CreateCounter<long>(ReviewsPrepared, "{review}", "Texts kept from ingested archives.");
    private static readonly Counter<long> Scored = Meter.CreateCounter<long>(ReviewsScored, "{review}", "Rows of scored incoming files.");
    private static readonly Counter<long> RunCounter = Meter.CreateCounter<long>(RunsEnded, "{run}", "Training runs that ended.");
    private static readonly Counter<long> PoisonMessageCounter = Meter.CreateCounter<long>(PoisonMessages, "{message}", "Messages that reached a poison queue.");
    private static readonly Counter<long> Steps = Meter.CreateCounter<long>(TrainingSteps, "{step}", "Optimizer steps completed by trainers.");

    public static void CountTrainingSteps(long steps) => Steps.Add(steps);

    internal static void RecordStage(string stage, string outcome, TimeSpan duration) =>
        Durations.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("imdb.stage", stage), new KeyValuePair<string, object?>("imdb.outcome", outcome));

    internal static void CountPrepared(long texts) => Prepared.Add(texts);

    internal static void CountScored(long scored, long unreadable)
    {
        Scored.Add(scored, new KeyValuePair<string, object?>("imdb.outcome", "scored"));
        Scored.Add(unreadable, new KeyValuePair<string, object?>("imdb.outcome", "unreadable"));
    }

    internal static void CountRun(Enum state) =>
        RunCounter.Add(1, new KeyValuePair<string, object?>("imdb.run.state", state.ToString().ToLowerInvariant()));

    internal static void CountPoisonMessage(string queue) => PoisonMessageCounter.Add(1, new KeyValuePair<string, object?>("imdb.queue", queue));
}
