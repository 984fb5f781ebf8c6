using System.Security.Cryptography;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Registry;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;

namespace ImdbPipeline.EndToEnd.Tests.Processes;

/// <summary>Everything visible in a storage account, verified: each file that a manifest names exists with its exact content.</summary>
internal static class VisibleState
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <returns>The published models, newest first.</returns>
    public static async Task<IReadOnlyList<ModelManifest>> ModelsAsync(StoredJob job) => await ModelsAsync(job.Storage, job.Registry);

    /// <param name="known">Versions that were verified before and are not verified again; null for none.</param>
    /// <returns>The published models, newest first.</returns>
    public static async Task<IReadOnlyList<ModelManifest>> ModelsAsync(PipelineStorage storage, ModelRegistry registry, ISet<string>? known = null)
    {
        // First: a model may be published and promoted meanwhile.
        if ((await registry.ReadChampionAsync(LabelledTask.Default, Cancellation)).Model is { } champion)
            Assert.NotNull(await registry.FindAsync(champion, Cancellation));
        var models = await registry.ListAsync(100, Cancellation);
        foreach (var model in models.Where(model => known?.Add(model.Version) != false))
        {
            Assert.NotEmpty(model.Files);
            foreach (var file in model.Files)
                await VerifyAsync(storage.Models, StorageLayout.ModelFolder(model.Version) + file.Path, file.Bytes, file.Sha256);
        }
        return models;
    }

    /// <inheritdoc cref="ModelsAsync(PipelineStorage, ModelRegistry, ISet{string})" path="/param"/>
    /// <returns>The committed dataset versions.</returns>
    public static async Task<IReadOnlyList<DatasetManifest>> DatasetsAsync(PipelineStorage storage, ISet<string>? known = null)
    {
        var datasets = await new DatasetStore(storage).ListAsync(100, Cancellation);
        foreach (var dataset in datasets.Where(dataset => known?.Add($"{dataset.Dataset}/{dataset.Version}") != false))
            foreach (var file in dataset.Shards.Select(shard => new DatasetFile(shard.Path, shard.Bytes, shard.Sha256)).Append(dataset.Vocabulary))
                await VerifyAsync(storage.Prepared, StorageLayout.DatasetFolder(dataset.Dataset, dataset.Version) + file.Path, file.Bytes, file.Sha256);
        return datasets;
    }

    /// <summary>Checks that the scores of these files are complete, as far as they exist, and match their summaries.</summary>
    /// <param name="scores">Expected scores of each file.</param>
    public static async Task ScoresAsync(PipelineStorage storage, IReadOnlyCollection<string> files, string scores)
    {
        foreach (var file in files)
        {
            var scored = storage.Scores.GetBlobClient(StorageLayout.ScoredFile(file));
            var summary = (await storage.Scores.ReadJsonAsync<ScoreSummary>(StorageLayout.ScoreSummary(file), Cancellation))?.Value;
            if (summary is not null)
                Assert.Equal((ScoreState.Scored, scores.Count(c => c == '\n')), (summary.State, summary.Rows));
            if (summary is not null || await scored.ExistsAsync(Cancellation))
                Assert.Equal(scores, (await scored.DownloadContentAsync(Cancellation)).Value.Content.ToString());
        }
    }

    public static async Task<IReadOnlyList<string>> NamesAsync(this BlobContainerClient container, string prefix, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        await foreach (var blob in container.GetBlobsAsync(new GetBlobsOptions { Prefix = prefix }, cancellationToken))
            names.Add(blob.Name);
        return names;
    }

    private static async Task VerifyAsync(BlobContainerClient container, string name, long bytes, string sha256)
    {
        var content = (await container.GetBlobClient(name).DownloadContentAsync(Cancellation)).Value.Content.ToMemory();
        Assert.Equal((name, bytes, sha256), (name, content.Length, Convert.ToHexStringLower(SHA256.HashData(content.Span))));
    }
}
