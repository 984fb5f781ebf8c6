using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace ImdbPipeline.Core.Telemetry;

/// <summary>The names under which the pipeline tells of itself, for whoever collects its spans and metrics.</summary>
public static class PipelineTelemetry
{
    /// <summary>Of the <see cref="ActivitySource"/> and the <see cref="Meter"/>.</summary>
    public const string Name = "ImdbPipeline";

    /// <summary>Seconds a stage took, by <c>imdb.stage</c> and <c>imdb.outcome</c> (done, refused, stopped, failed).</summary>
    public const string StageDuration = "imdb.stage.duration";

    /// <summary>Reviews of ingested archives that were kept.</summary>
    public const string ReviewsPrepared = "imdb.reviews.prepared";

    /// <summary>Rows of incoming files that were scored, by <c>imdb.outcome</c> (scored, unreadable).</summary>
    public const string ReviewsScored = "imdb.reviews.scored";

    /// <summary>Training runs that ended, by <c>imdb.run.state</c> (published, failed, rejected).</summary>
    public const string RunsEnded = "imdb.runs.ended";

    /// <summary>Messages that came to a poison queue, by <c>imdb.queue</c>.</summary>
    public const string MessagesGivenUp = "imdb.messages.given_up";

    /// <summary>Optimizer steps that trainers have done.</summary>
    public const string TrainingSteps = "imdb.training.steps";

    internal static readonly ActivitySource Source = new(Name);

    private static readonly Meter Meter = new(Name);
    private static readonly Histogram<double> Durations = Meter.CreateHistogram<double>(
        StageDuration, "s", "How long stages take.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000, 3000, 10000] });
    private static readonly Counter<long> Prepared = Meter.CreateCounter<long>(ReviewsPrepared, "{review}", "Reviews of ingested archives that were kept.");
    private static readonly Counter<long> Scored = Meter.CreateCounter<long>(ReviewsScored, "{review}", "Rows of incoming files that were scored.");
    private static readonly Counter<long> Runs = Meter.CreateCounter<long>(RunsEnded, "{run}", "Training runs that ended.");
    private static readonly Counter<long> GivenUp = Meter.CreateCounter<long>(MessagesGivenUp, "{message}", "Messages that came to a poison queue.");
    private static readonly Counter<long> Steps = Meter.CreateCounter<long>(TrainingSteps, "{step}", "Optimizer steps done.");

    public static void CountTrainingSteps(long steps) => Steps.Add(steps);

    internal static void RecordStage(string stage, string outcome, TimeSpan duration) =>
        Durations.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("imdb.stage", stage), new KeyValuePair<string, object?>("imdb.outcome", outcome));

    internal static void CountPrepared(long reviews) => Prepared.Add(reviews);

    internal static void CountScored(long scored, long unreadable)
    {
        Scored.Add(scored, new KeyValuePair<string, object?>("imdb.outcome", "scored"));
        Scored.Add(unreadable, new KeyValuePair<string, object?>("imdb.outcome", "unreadable"));
    }

    internal static void CountRun(Training.RunState state) =>
        Runs.Add(1, new KeyValuePair<string, object?>("imdb.run.state", state.ToString().ToLowerInvariant()));

    internal static void CountGivenUp(string queue) => GivenUp.Add(1, new KeyValuePair<string, object?>("imdb.queue", queue));
}
