using ImdbPipeline.Cli.Samples;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Telemetry;
using ImdbPipeline.EndToEnd.Tests.Processes;
using ImdbPipeline.Testing;

namespace ImdbPipeline.EndToEnd.Tests.Telemetry;

/// <summary>Collects what <c>imdb demo</c> and its trainer send over OTLP, from an upload to its scores.</summary>
public sealed class EndToEndTraceTests(AzuriteFixture azurite)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Everything_from_an_upload_to_its_scores_is_one_trace_with_log_records_and_metrics()
    {
        await using var collector = await OtlpCollector.StartAsync(Cancellation);
        var folder = Directory.CreateTempSubdirectory("imdb-test-").FullName;
        try
        {
            await WalkAsync(folder, collector.Settings);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        var root = Assert.Single(collector.Spans, span => span.Name == "imdb demo");
        var walk = collector.Spans.Where(span => span.Trace == root.Trace).ToDictionary(span => span.Id);
        Assert.Equal(["imdb-host", "imdb-trainer"], walk.Values.Select(span => span.Service).Distinct().Order());
        Assert.Equal("", root.Parent);
        Assert.All(walk.Values.Where(span => span != root), span => Assert.Contains(span.Parent, walk.Keys));

        // From the command to each stage, across blobs, queues and processes.
        AssertPath("imdb demo", "IngestDataset", "PrepareDataset");
        AssertPath("imdb demo", "StartTraining", "Train", "TrainModel", "FitBaseline");
        AssertPath("imdb demo", "StartTraining", "Train", "TrainModel", "FineTune");
        AssertPath("imdb demo", "StartTraining", "Train", "TrainModel", "Evaluate");
        AssertPath("imdb demo", "StartTraining", "Train", "PublishModel");
        AssertPath("imdb demo", "ScoreIncoming", "ScoreShard", "LoadModel");
        AssertPath("imdb demo", "ScoreIncoming", "ScoreShard", "AssembleScores");
        Assert.Equal(
            walk.Values.Single(span => span.Name == "StartTraining").Attributes["imdb.run"],
            walk.Values.Single(span => span.Name == "Train").Attributes["imdb.run"]);

        var lines = collector.Lines.Where(line => line.Trace == root.Trace).Select(line => line.Body).ToList();
        foreach (var said in (string[])["Ingested archive", "Queued run", "published model", "is now the champion", "Planned incoming/", "Scored incoming/"])
            Assert.Contains(lines, line => line.Contains(said, StringComparison.Ordinal));
        foreach (var metric in (string[])
            [PipelineTelemetry.StageDuration, PipelineTelemetry.ReviewsPrepared, PipelineTelemetry.ReviewsScored, PipelineTelemetry.RunsEnded, PipelineTelemetry.TrainingSteps])
            Assert.Contains(metric, collector.Metrics.Keys);

        void AssertPath(params string[] names) => Assert.Contains(walk.Values, span => span.Name == names[^1] && Ancestry(span).SequenceEqual(names));

        IEnumerable<string> Ancestry(CollectedSpan span) => walk.TryGetValue(span.Parent, out var parent) ? Ancestry(parent).Append(span.Name) : [span.Name];
    }

    private async Task WalkAsync(string folder, Dictionary<string, string> settings)
    {
        var archive = Path.Combine(folder, "films.tar.gz");
        using (var file = File.Create(archive))
            new SampleArchive { Train = 160, Test = 40, Unsup = 10 }.Write(file);
        settings[StorageOptions.Setting] = azurite.NewAccount().ConnectionString!;
        await using var demo = Programs.Imdb(settings, "demo", "--archive", archive, "--folder", Path.Combine(folder, "demo"), "--max-minutes", "0.05");
        await demo.SucceedAsync();
    }
}
