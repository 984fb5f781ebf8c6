using System.Text.Json;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Registry;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Uploads;
using ImdbPipeline.EndToEnd.Tests.Processes;

namespace ImdbPipeline.EndToEnd.Tests.Soak;

/// <summary>Compares what is visible in storage with what was asked for.</summary>
internal sealed class SoakPromises(PipelineStorage storage, SoakRequests requests)
{
    private const int All = 10_000;

    private readonly RunStore runStore = new(storage);
    private readonly HashSet<string> verified = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Everything visible is complete, whatever is going on.</summary>
    public async Task AssertNothingPartialAsync()
    {
        await VisibleState.DatasetsAsync(storage, verified);
        await VisibleState.ModelsAsync(storage, requests.Registry, verified);
        Assert.True(ChampionHistory.IsConsistent(await requests.Registry.ReadChampionAsync(LabelledTask.Default, Cancellation)));
        foreach (var file in requests.Files.Keys)
            await IsScoredAsync(file);
    }

    /// <returns>What is not done yet; null if everything is.</returns>
    public async Task<string?> FindUnfinishedAsync()
    {
        foreach (var archive in requests.Archives.Keys)
            if (await FindArchiveAsync(archive) is null)
                return archive;
        foreach (var run in requests.Runs)
            if ((await runStore.FindAsync(run, Cancellation))?.State.IsFinal() != true)
                return run;
        // Without a single run there is no champion, and files wait.
        if (requests.Runs.Count > 0)
            foreach (var file in requests.Files.Keys)
                if (!await IsScoredAsync(file))
                    return file;
        foreach (var queue in StorageLayout.Queues)
            if ((await storage.Queue(queue).GetPropertiesAsync(Cancellation)).Value.ApproximateMessagesCount > 0)
                return $"queue {queue}";
        return null;
    }

    public async Task AssertEverythingDoneAsync()
    {
        verified.Clear();
        await AssertNothingPartialAsync();
        foreach (var (archive, isValid) in requests.Archives)
            Assert.Equal((archive, isValid ? ArchiveState.Ingested : ArchiveState.Rejected), (archive, (await FindArchiveAsync(archive))!.State));
        var records = await runStore.ListAsync(All, Cancellation);
        Assert.Equal(requests.Runs.Order(StringComparer.Ordinal), records.Select(run => run.Run).Order(StringComparer.Ordinal));
        Assert.All(records, run => Assert.True(run is { State: RunState.Published, AttemptOpen: false }, $"{run.Run}: {run.State}, {run.Attempts} attempts, {run.Reason}"));
        var models = await requests.Registry.ListAsync(All, Cancellation);
        Assert.Equal(records.Select(run => run.Model).Distinct().Order(StringComparer.Ordinal), models.Select(model => model.Version).Order(StringComparer.Ordinal));
        Assert.Empty(await storage.Runs.NamesAsync(StorageLayout.Checkpoints, Cancellation));
        // Only uploads that were refused are poison.
        var poison = await storage.Runs.NamesAsync(StorageLayout.PoisonRecords, Cancellation);
        Assert.All(poison, name => Assert.StartsWith(StorageLayout.PoisonRecords + StorageLayout.BlobTriggerPoisonQueue, name, StringComparison.Ordinal));
        Assert.Equal(requests.Archives.Count(archive => !archive.Value), poison.Count);
    }

    private async Task<ArchiveRecord?> FindArchiveAsync(string archive) =>
        await storage.FindArchiveRecordAsync(archive, await storage.Datasets.FindETagAsync(archive, Cancellation), Cancellation);

    /// <summary>If the file's current content is scored, its scores are complete.</summary>
    private async Task<bool> IsScoredAsync(string file)
    {
        var summary = (await storage.Scores.ReadJsonAsync<ScoreSummary>(StorageLayout.ScoreSummary(file), Cancellation))?.Value;
        var etag = await storage.Incoming.FindETagAsync(file, Cancellation);
        if (summary is null || etag is null || summary.SourceETag != etag.Value.Unquoted())
            return false;
        var lines = (await storage.Scores.GetBlobClient(summary.Scores).DownloadContentAsync(Cancellation)).Value.Content.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var records = lines.Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(Enumerable.Range(0, requests.Files[file]).Select(i => $"{i}"), records.Select(record => record.GetProperty("id").GetString()));
        Assert.All(records, record => Assert.Equal(summary.Model, record.GetProperty("model").GetString()));
        return true;
    }
}
