using System.Security.Cryptography;
using Azure;
using ImdbPipeline.Cli.Evaluating;
using ImdbPipeline.Cli.Following;
using ImdbPipeline.Cli.Samples;
using ImdbPipeline.Cli.Screens;
using ImdbPipeline.Core.Archives;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Registry;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Training;
using ImdbPipeline.Learning.Evaluating;
using ImdbPipeline.LocalHost;
using Microsoft.Extensions.DependencyInjection;

namespace ImdbPipeline.Cli.Demo;

/// <summary>The walk of a review through a hosted pipeline: archive, data set, training, champion, scores. Every step takes the road of blobs and queues.</summary>
public sealed class DemoWalk(Session session, PipelineHost host, DemoOptions options)
{
    private const int Steps = 5;
    private const int SampleReviewsToScore = 300;
    private const int SampleSeedOfScored = 1_000;
    private const int Examples = 6;
    private const int RunsLookedAt = 20;

    private readonly PipelineStorage storage = host.Storage;
    private readonly ArchiveUpload archives = new(session, host.Services);
    private readonly RunWatch runs = new(session, host.Services);
    private readonly IncomingUpload incoming = new(session, host.Services);
    private int step;

    public async Task<DemoResult> RunAsync(CancellationToken cancellationToken)
    {
        var archive = ArchiveFile.Open(options.Archive ?? WriteSample());
        Step($"Ingest {archive.Name}");
        var dataset = await IngestAsync(archive, cancellationToken);
        if (!session.Json)
            ReportScreen.Show(session.Terminal.Page, dataset);

        Step("Train");
        var champion = await TrainAsync(dataset, cancellationToken);

        Step("Promote");
        session.Say($"Champion: {champion.Version}");

        Step("Score");
        var (scored, reviews) = await ScoreAsync(archive, dataset, cancellationToken);
        if (!session.Json)
            ScoreSummaryScreen.Show(session.Terminal.Page, scored);

        Step("Compare with what the reviews really are");
        var local = options.Scores(dataset.Dataset);
        await storage.Scores.GetBlobClient(scored.Scores!).DownloadToAsync(local, cancellationToken);
        var (evaluation, examples) = await new ScoredFile(local, reviews, options.Truth(dataset.Dataset))
            .CompareAsync(champion.Labels, Examples, cancellationToken);
        return new DemoResult(dataset, champion, scored, evaluation, examples, local);
    }

    private void Step(string title) => session.Say($"{Environment.NewLine}[{++step}/{Steps}] {title}");

    private string WriteSample()
    {
        using (var file = File.Create(options.SampleArchive))
            new SampleArchive().Write(file);
        return options.SampleArchive;
    }

    private async Task<DatasetManifest> IngestAsync(ArchiveFile archive, CancellationToken cancellationToken)
    {
        if (await IngestedBeforeAsync(archive, cancellationToken) is { } known)
        {
            session.Say("Reused: this very archive was uploaded and ingested before.");
            return known;
        }
        var (name, etag) = await archives.UploadAsync(archive.Path, cancellationToken);
        session.Say($"Uploaded {StorageLayout.Datasets}/{name}");
        return await archives.IngestedAsync(name, etag, cancellationToken);
    }

    private async Task<DatasetManifest?> IngestedBeforeAsync(ArchiveFile archive, CancellationToken cancellationToken)
    {
        if (await storage.Datasets.FindETagAsync(archive.Name, cancellationToken) is not { } etag)
            return null;
        var record = await archives.FindRecordAsync(archive.Name, etag, cancellationToken);
        if (record is not { State: ArchiveState.Ingested })
            return null;
        var manifest = await archives.ManifestAsync(record, cancellationToken);
        await using var file = File.OpenRead(archive.Path);
        return manifest.Archive.Sha256 == Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken)) ? manifest : null;
    }

    private async Task<ModelManifest> TrainAsync(DatasetManifest dataset, CancellationToken cancellationToken)
    {
        var registry = host.Services.GetRequiredService<ModelRegistry>();
        var name = $"{dataset.Dataset}/{dataset.Version}";
        var present = (await registry.ReadChampionAsync(cancellationToken)).Model;
        if (!options.Retrain && present is not null && await registry.FindAsync(present, cancellationToken) is { } known && known.Dataset == name)
        {
            session.Say("Reused: the champion was trained on this very data set; --retrain trains again.");
            return known;
        }
        var run = await UnfinishedAsync(name, cancellationToken) ?? await SendAsync(name, cancellationToken);
        var record = await runs.FollowAsync(run, cancellationToken);
        if (!session.Json)
            RunScreen.Show(session.Terminal.Page, record);
        var champion = (await registry.ReadChampionAsync(cancellationToken)).Model ?? throw new NoChampionException();
        return await registry.FindAsync(champion, cancellationToken) ?? throw new NoChampionException();
    }

    private async Task<string> SendAsync(string dataset, CancellationToken cancellationToken)
    {
        var run = await runs.SendAsync(
            new RetrainRequest { Dataset = dataset, BaseModel = options.BaseModel, MaxMinutes = options.MaxMinutes }, cancellationToken);
        session.Say($"Sent a retrain message; its run is {run}");
        return run;
    }

    private async Task<string?> UnfinishedAsync(string dataset, CancellationToken cancellationToken)
    {
        var recent = await host.Services.GetRequiredService<RunStore>().ListAsync(RunsLookedAt, cancellationToken);
        if (recent.FirstOrDefault(run => run.Dataset == dataset && !run.State.IsFinal()) is not { } unfinished)
            return null;
        session.Say($"Reused: run {unfinished.Run} on this data set was stopped before its end, at step {Quantity.Count(unfinished.Step)}, and goes on.");
        return unfinished.Run;
    }

    private async Task<(ScoreSummary Summary, string Reviews)> ScoreAsync(ArchiveFile archive, DatasetManifest dataset, CancellationToken cancellationToken)
    {
        var path = options.Reviews(dataset.Dataset);
        var reviews = await Task.Run(() => ReviewsToScore(archive, cancellationToken), cancellationToken);
        int count;
        using (var progress = session.Progress("Writing the reviews to be scored", null, Quantity.Count))
            count = await TruthFile.WriteAsync(path, options.Truth(dataset.Dataset), reviews, progress, cancellationToken);
        var name = Path.GetFileName(path);
        ETag etag = await BlobUpload.RunAsync(session, storage.Incoming, name, path, cancellationToken);
        session.Say($"Uploaded {Quantity.Count(count)} reviews as {StorageLayout.Incoming}/{name}");
        return (await incoming.ScoredAsync(name, etag, cancellationToken), path);
    }

    // The whole test set of a real archive; of a generated one new reviews that nobody has seen.
    private IEnumerable<LabelledReview> ReviewsToScore(ArchiveFile archive, CancellationToken cancellationToken)
    {
        if (options.Archive is null)
            return SampleReviews.Labelled(SampleReviewsToScore, firstMovie: 300_001, SampleSeedOfScored)
                .Select((review, i) => new LabelledReview($"unseen-{i + 1}", review.Text, review.Folder));
        var reviews = LabelledReviews.Open(session, archive, [Split.Test, Split.Validation, Split.Train], cancellationToken);
        if (reviews.Split != Split.Test)
            session.Say($"The archive has no test reviews, so those of its {reviews.Split.ToString().ToLowerInvariant()} split are scored: the model knows most of them.");
        return reviews.Read(cancellationToken);
    }
}

/// <summary>What the walk brought.</summary>
/// <param name="Dataset">The data set that was trained on.</param>
/// <param name="Champion">The model that scores.</param>
/// <param name="Scored">The summary of the scored file.</param>
/// <param name="Evaluation">Predictions by what they should have been.</param>
/// <param name="Examples">A handful of scored reviews.</param>
/// <param name="Scores">The scored file, on this machine.</param>
public sealed record DemoResult(
    DatasetManifest Dataset, ModelManifest Champion, ScoreSummary Scored, Evaluation Evaluation, IReadOnlyList<ScoredExample> Examples, string Scores);
