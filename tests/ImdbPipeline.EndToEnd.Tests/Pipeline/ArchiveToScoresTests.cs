using System.Text;
using System.Text.Json;
using ImdbPipeline.Cli.Samples;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Registry;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Uploads;
using ImdbPipeline.EndToEnd.Tests.Hosting;
using ImdbPipeline.LocalHost;
using ImdbPipeline.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.EndToEnd.Tests.Pipeline;

/// <summary>The whole pipeline with real parts: Azurite, the hosted handlers, the trainer as a child process.</summary>
public sealed class ArchiveToScoresTests(AzuriteFixture azurite)
{
    private const string Archive = "films.tar.gz";
    private const string Incoming = "new.jsonl";
    private const int BadRow = 7;

    private static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan PollingInterval = TimeSpan.FromMilliseconds(200);
    private static readonly SampleArchive Sample = new() { Train = 500, Test = 100, Unsup = 20, Seed = 5 };

    [Fact]
    public async Task An_uploaded_archive_becomes_a_dataset_and_a_champion_which_scores_a_file_in_order()
    {
        var account = azurite.NewAccount();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(MaxWait);
        var log = new LogLines();
        await using var host = await PipelineHost.StartAsync(
            new LocalHostOptions
            {
                Storage = account,
                Address = new Uri("http://127.0.0.1:0"),
                Settings = new Dictionary<string, string> { ["BaseModel"] = "scratch-mini" },
                Logging = logging => logging.ClearProviders().AddProvider(new LogLinesProvider(log)),
            },
            deadline.Token);
        try
        {
            var dataset = await IngestAsync(host, deadline.Token);
            var champion = await TrainAsync(host, dataset, deadline.Token);
            await ScoreAsync(host, champion, deadline.Token);
        }
        catch (OperationCanceledException e) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"The pipeline did not finish within {MaxWait}. Host log:\n{string.Join('\n', log.Lines)}", e);
        }
    }

    private static async Task<DatasetManifest> IngestAsync(PipelineHost host, CancellationToken cancellationToken)
    {
        using var archive = new MemoryStream();
        Sample.Write(archive);
        await host.Storage.Datasets.GetBlobClient(Archive).UploadAsync(new BinaryData(archive.ToArray()), overwrite: false, cancellationToken);

        var record = await FindAsync(
            async () => (await host.Storage.Prepared.ReadJsonAsync<ArchiveRecord>(StorageLayout.ArchiveRecord(Archive), cancellationToken))?.Value, cancellationToken);
        Assert.Equal(ArchiveState.Ingested, record.State);
        var manifest = (await host.Storage.Prepared.ReadJsonAsync<DatasetManifest>(StorageLayout.Manifest(record.Dataset!, record.Version!), cancellationToken))!.Value.Value;

        var report = manifest.Report;
        Assert.Equal(Sample.Train + Sample.Copies + Sample.Leaks + 1 + Sample.Test + Sample.Unsup, report.Read);
        Assert.Equal(Sample.Leaks, report.Leaks);
        Assert.Equal(1, report.Empty);
        Assert.InRange(report.Duplicates[Split.Train], Sample.Copies, Sample.Train / 10);
        Assert.Equal(["neg", "pos"], manifest.Labels);
        return manifest;
    }

    private static async Task<string> TrainAsync(PipelineHost host, DatasetManifest dataset, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.Serialize(new RetrainRequest { Epochs = 3, MaxLength = 128 }, PipelineJson.Message);
        var receipt = (await host.Storage.Queue(StorageLayout.RetrainQueue).SendMessageAsync(body, cancellationToken)).Value;
        var name = StartTrainingHandler.RunName(new QueueDelivery(receipt.MessageId, receipt.InsertionTime, body));

        var runs = host.Services.GetRequiredService<RunStore>();
        var run = await FindAsync(
            async () => await runs.FindAsync(name, cancellationToken) is { } found && found.State.IsFinal() ? found : null, cancellationToken);
        Assert.True(run.State == RunState.Published, run.Reason);
        Assert.Equal($"{dataset.Dataset}/{dataset.Version}", run.Dataset);
        Assert.Equal(run.TotalSteps, run.Step);
        Assert.Single(await runs.ListAsync(10, cancellationToken));
        Assert.NotEmpty(await runs.ReadMetricsAsync(name, cancellationToken).ToListAsync(cancellationToken));

        var champion = await host.Services.GetRequiredService<ModelRegistry>().ReadChampionAsync(LabelledTask.Default, cancellationToken);
        Assert.Equal(run.Model, champion.Model);
        Assert.Equal(RegistryAction.Promote, Assert.Single(champion.History).Action);
        return champion.Model!;
    }

    private static async Task ScoreAsync(PipelineHost host, string champion, CancellationToken cancellationToken)
    {
        var reviews = SampleReviews.Labelled(120, firstMovie: 900_001, seed: 99);
        var lines = reviews.Select((review, i) => JsonSerializer.Serialize(new { id = $"r{i}", text = review.Text }, PipelineJson.Line)).ToList();
        lines.Insert(BadRow, """{"id": "bad", "text": 3}""");
        await host.Storage.Incoming.GetBlobClient(Incoming).UploadAsync(
            new BinaryData(Encoding.UTF8.GetBytes(string.Join('\n', lines))), overwrite: false, cancellationToken);

        var summary = await FindAsync(
            async () => (await host.Storage.Scores.ReadJsonAsync<ScoreSummary>(StorageLayout.ScoreSummary(Incoming), cancellationToken))?.Value, cancellationToken);
        Assert.Equal(ScoreState.Scored, summary.State);
        Assert.Equal((champion, lines.Count, 1), (summary.Model, summary.Rows, summary.Errors));
        Assert.Equal(reviews.Count, summary.Labels.Values.Sum());

        var scored = (await host.Storage.Scores.GetBlobClient(summary.Scores).DownloadContentAsync(cancellationToken)).Value.Content.ToString();
        var records = scored.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<ScoreRecord>(line, PipelineJson.Line)!).ToList();
        List<string> ids = [.. reviews.Select((_, i) => $"r{i}")];
        ids.Insert(BadRow, "bad");
        Assert.Equal(ids, records.Select(record => record.Id));
        Assert.NotNull(records[BadRow].Error);
        records.RemoveAt(BadRow);
        Assert.All(records, record => Assert.Equal(champion, record.Model));

        // Guessing would get half of them right.
        var right = records.Zip(reviews).Count(pair => pair.First.Label == pair.Second.Folder);
        Assert.InRange(right / (double)reviews.Count, 0.6, 1);
    }

    /// <returns>The first value that is not null.</returns>
    private static async Task<T> FindAsync<T>(Func<Task<T?>> look, CancellationToken cancellationToken) where T : class
    {
        while (true)
        {
            if (await look() is { } found)
                return found;
            await Task.Delay(PollingInterval, cancellationToken);
        }
    }
}
