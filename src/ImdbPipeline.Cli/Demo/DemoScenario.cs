using System.Security.Cryptography;
using Azure;
using ImdbPipeline.Cli.Evaluating;
using ImdbPipeline.Cli.Samples;
using ImdbPipeline.Cli.Screens;
using ImdbPipeline.Cli.Sessions;
using ImdbPipeline.Cli.Watching;
using ImdbPipeline.Core.Archives;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Registry;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Uploads;
using ImdbPipeline.Learning.Evaluating;
using ImdbPipeline.LocalHost;
using ImdbPipeline.MiniLm;
using Microsoft.Extensions.DependencyInjection;

namespace ImdbPipeline.Cli.Demo;

/// <summary>Runs the demo on a local host: ingest, train, promote, score, evaluate. Uses the same blobs and queues as in production.</summary>
public sealed class DemoScenario(Session session, PipelineHost host, DemoOptions options)
{
    private const int Steps = 5;
    private const int GeneratedTextsToScore = 300;
    private const int GeneratedTextsSeed = 1_000;
    private const int Examples = 6;
    private const int RecentRuns = 20;

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
        var (scored, texts) = await ScoreAsync(archive, dataset, cancellationToken);
        if (!session.Json)
            ScoreSummaryScreen.Show(session.Terminal.Page, scored);

        Step("Compare the scores with the true labels");
        var local = options.Scores(dataset.Dataset);
        await storage.Scores.GetBlobClient(scored.Scores!).DownloadToAsync(local, cancellationToken);
        var (evaluation, examples) = await new ScoredFile(local, texts, options.Labels(dataset.Dataset))
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
        if (await FindIngestedAsync(archive, cancellationToken) is { } known && (options.Settings is null || options.Settings == known.Settings))
        {
            session.Say("Skipped: this archive is already ingested.");
            return known;
        }
        await archives.UploadSettingsAsync(archive.Name, options.Settings, cancellationToken);
        var etag = await BlobUpload.RunAsync(session, storage.Datasets, archive.Name, archive.Path, cancellationToken);
        session.Say($"Uploaded {StorageLayout.Datasets}/{archive.Name}");
        return await archives.IngestedAsync(archive.Name, etag, cancellationToken);
    }

    private async Task<DatasetManifest?> FindIngestedAsync(ArchiveFile archive, CancellationToken cancellationToken)
    {
        if (await storage.Datasets.FindETagAsync(archive.Name, cancellationToken) is not { } etag)
            return null;
        var record = await storage.FindArchiveRecordAsync(archive.Name, etag, cancellationToken);
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
        var task = dataset.Task ?? LabelledTask.Default;
        var current = (await registry.ReadChampionAsync(task, cancellationToken)).Model;
        if (!options.Retrain && current is not null && await registry.FindAsync(current, cancellationToken) is { } known && known.Dataset == name)
        {
            session.Say("Skipped: the champion was trained on this dataset. Use --retrain to train again.");
            return known;
        }
        var run = await FindUnfinishedRunAsync(name, cancellationToken) ?? await SendAsync(name, cancellationToken);
        var record = await runs.FollowAsync(run, cancellationToken);
        if (!session.Json)
            RunScreen.Show(session.Terminal.Page, record);
        var champion = (await registry.ReadChampionAsync(task, cancellationToken)).Model ?? throw new NoChampionException(task);
        return await registry.FindAsync(champion, cancellationToken) ?? throw new NoChampionException(task);
    }

    // One epoch of minilm is nearly as accurate here as its default of two, and saves a minute.
    private int? Epochs =>
        MiniLmBase.IsAvailable && (options.BaseModel ?? session.Terminal.Settings["BaseModel"] ?? MiniLmBase.ModelName) == MiniLmBase.ModelName ? 1 : null;

    private async Task<string> SendAsync(string dataset, CancellationToken cancellationToken)
    {
        var run = await runs.SendAsync(
            new RetrainRequest { Dataset = dataset, BaseModel = options.BaseModel, Epochs = Epochs, MaxMinutes = options.MaxMinutes }, cancellationToken);
        session.Say($"Sent a retrain message for run {run}");
        return run;
    }

    private async Task<string?> FindUnfinishedRunAsync(string dataset, CancellationToken cancellationToken)
    {
        var recent = await host.Services.GetRequiredService<RunStore>().ListAsync(RecentRuns, cancellationToken);
        if (recent.FirstOrDefault(run => run.Dataset == dataset && !run.State.IsFinal()) is not { } unfinished)
            return null;
        session.Say($"Resuming run {unfinished.Run}, which was interrupted at step {Quantity.Count(unfinished.Step)}.");
        return unfinished.Run;
    }

    private async Task<(ScoreSummary Summary, string Texts)> ScoreAsync(ArchiveFile archive, DatasetManifest dataset, CancellationToken cancellationToken)
    {
        var path = options.Texts(dataset.Dataset);
        var texts = await Task.Run(() => TextsToScore(archive, cancellationToken), cancellationToken);
        int count;
        using (var progress = session.Progress("Writing the texts to score", null, Quantity.Count))
            count = await LabelFile.WriteAsync(path, options.Labels(dataset.Dataset), texts, progress, cancellationToken);
        var name = Path.GetFileName(path);
        ETag etag = await BlobUpload.RunAsync(session, storage.Incoming, name, path, cancellationToken);
        session.Say($"Uploaded {Quantity.Count(count)} texts as {StorageLayout.Incoming}/{name}");
        return (await incoming.ScoredAsync(name, etag, cancellationToken), path);
    }

    // The whole test split of the user's archive; for a generated archive, newly generated reviews.
    private IEnumerable<LabelledText> TextsToScore(ArchiveFile archive, CancellationToken cancellationToken)
    {
        if (options.Archive is null)
            return SampleReviews.Labelled(GeneratedTextsToScore, firstMovie: 300_001, GeneratedTextsSeed)
                .Select((review, i) => new LabelledText($"unseen-{i + 1}", review.Text, review.Folder));
        var texts = LabelledTexts.Open(session, archive, SourceOptions.Default, [Split.Test, Split.Validation, Split.Train], cancellationToken);
        if (texts.Split != Split.Test)
            session.Say($"The archive has no test split, so its {texts.Split.ToString().ToLowerInvariant()} split is scored. The model was trained on most of these texts.");
        return texts.Read(cancellationToken);
    }
}

/// <summary>Results of the demo.</summary>
/// <param name="Dataset">The training dataset.</param>
/// <param name="Champion">The model that scored the texts.</param>
/// <param name="Scored">The summary of the scored file.</param>
/// <param name="Evaluation">The predictions compared with the true labels.</param>
/// <param name="Examples">A few scored texts.</param>
/// <param name="Scores">Local path of the scored file.</param>
public sealed record DemoResult(
    DatasetManifest Dataset, ModelManifest Champion, ScoreSummary Scored, Evaluation Evaluation, IReadOnlyList<ScoredExample> Examples, string Scores);
