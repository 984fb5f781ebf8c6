using System.Text.Json;
using ImdbPipeline.Cli.Foundation;
using ImdbPipeline.Cli.Samples;
using ImdbPipeline.Cli.Screens;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.LocalHost;
using ImdbPipeline.Testing;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.Benchmarks.Pipeline.ScaleOut;

/// <summary>Scores a file with one and with several host processes, in full mode also a million reviews; checks that every review is scored once and in order.</summary>
internal sealed class ScaleOutStage : IStageBenchmark
{
    private const int Reviews = 100_000, BriefReviews = 2_000, Million = 1_000_000, BriefTrain = 200;

    public string Name => "scale-out";

    public async Task RunAsync(BenchmarkReport figures, bool full, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("imdb-benchmark-").FullName;
        var azurite = new AzuriteFixture();
        try
        {
            var account = azurite.NewAccount();
            await TrainAsync(account, full ? new SampleArchive() : new SampleArchive { Train = BriefTrain }, Path.Combine(folder, "sample.tar.gz"), cancellationToken);
            double singleHostRate = 0;
            for (var hosts = 1; hosts <= Environment.ProcessorCount; hosts *= 2)
            {
                var rate = await ScoreAsync(figures, account, $"some-{hosts}.jsonl", full ? Reviews : BriefReviews, hosts, folder, cancellationToken);
                singleHostRate = hosts == 1 ? rate : singleHostRate;
                figures.Add(Name, $"{hosts} single-core host(s), speed-up over one", $"{rate / singleHostRate:0.00}", "increasing");
            }
            if (full)
                await ScoreAsync(figures, account, "million.jsonl", Million, Environment.ProcessorCount, folder, cancellationToken);
        }
        finally
        {
            await azurite.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Trains a champion with the same commands a user would run.</summary>
    private static async Task TrainAsync(StorageOptions account, SampleArchive sample, string archive, CancellationToken cancellationToken)
    {
        using (var file = File.Create(archive))
            sample.Write(file);
        await using var host = await PipelineHost.StartAsync(
            new LocalHostOptions { Storage = account, Address = new Uri("http://127.0.0.1:0"), Logging = logging => logging.ClearProviders() }, cancellationToken);
        await RunAsync(account, ["upload", archive, "--wait"], cancellationToken);
        await RunAsync(account, ["retrain", "--base-model", "scratch-mini", "--wait"], cancellationToken);
    }

    /// <returns>Reviews per second, from the end of the upload to the summary.</returns>
    private async Task<double> ScoreAsync(
        BenchmarkReport figures, StorageOptions account, string file, int reviews, int hosts, string folder, CancellationToken cancellationToken)
    {
        var processes = Enumerable.Range(0, hosts).Select(core => new CoreBoundHost(core, account.ConnectionString!, Path.Combine(folder, $"cache-{core}"))).ToList();
        try
        {
            var storage = new PipelineStorage(account);
            await UploadAsync(storage, file, reviews, Path.Combine(folder, file), cancellationToken);
            var uploaded = TimeProvider.System.GetUtcNow();
            var summary = await WaitForSummaryAsync(storage, file, cancellationToken);
            await VerifyAsync(storage, summary, reviews, cancellationToken);
            var measured = new List<Measured>();
            foreach (var process in processes)
                measured.Add(await process.StopAsync(cancellationToken));
            var seconds = (summary.FinishedAt - uploaded).TotalSeconds;
            figures.Add(Name, $"{reviews} reviews, {hosts} single-core host(s)", $"{seconds:0.0} s, {reviews / seconds:0} reviews/s, peak {measured.Max(host => host.PeakMegabytes):0} MB per host, every review once and in order");
            return reviews / seconds;
        }
        finally
        {
            processes.ForEach(process => process.Dispose());
        }
    }

    private static async Task UploadAsync(PipelineStorage storage, string file, int reviews, string path, CancellationToken cancellationToken)
    {
        await using (var lines = File.CreateText(path))
            foreach (var (i, review) in SampleReviews.Labelled(reviews, firstMovie: 1, seed: 5).Index())
                await lines.WriteLineAsync(JsonSerializer.Serialize(new { id = $"{i}", text = review.Text }));
        await storage.Incoming.GetBlobClient(file).UploadAsync(path, cancellationToken);
        File.Delete(path);
    }

    private static async Task<ScoreSummary> WaitForSummaryAsync(PipelineStorage storage, string file, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await storage.Scores.ReadJsonAsync<ScoreSummary>(StorageLayout.ScoreSummary(file), cancellationToken) is { } summary)
                return summary.Value;
            await Task.Delay(TimeSpan.FromSeconds(0.5), cancellationToken);
        }
    }

    private static async Task VerifyAsync(PipelineStorage storage, ScoreSummary summary, int reviews, CancellationToken cancellationToken)
    {
        using var lines = new StreamReader(await storage.Scores.GetBlobClient(summary.Scores!).OpenReadAsync(cancellationToken: cancellationToken));
        var row = 0;
        for (; await lines.ReadLineAsync(cancellationToken) is { } line; row++)
            if (JsonSerializer.Deserialize<ScoreRecord>(line, PipelineJson.Line) is not { Label: not null } record || record.Id != $"{row}" || record.Model != summary.Model)
                throw new InvalidOperationException($"{summary.Scores}: expected review {row} scored by {summary.Model}, found {line}.");
        if (row != reviews)
            throw new InvalidOperationException($"{summary.Scores}: expected {reviews} reviews, found {row}.");
    }

    private static async Task RunAsync(StorageOptions account, string[] arguments, CancellationToken cancellationToken)
    {
        var exitCode = await Cli.CommandLine.RunAsync([.. arguments, "--storage", account.ConnectionString!], Terminal.Process, cancellationToken);
        if (exitCode != ExitCode.Ok)
            throw new InvalidOperationException($"imdb {string.Join(' ', arguments)}: expected success, found {exitCode}.");
    }
}
