using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.ModelFolders;

namespace ImdbPipeline.Learning.Downloads;

/// <summary>Downloads models from the Hugging Face Hub into the cache: config, safetensors weights and tokenizer files, never pickled files.</summary>
public sealed class HubModels(HubClient hub, ModelCache cache)
{
    /// <param name="id"><c>org/name</c> or a bare name.</param>
    /// <returns>The local model folder.</returns>
    /// <exception cref="InputRejectedException">The model does not exist or has no safetensors weights, or the hub does not respond and the model is not in the cache.</exception>
    /// <exception cref="HttpRequestException">The hub fails during the download.</exception>
    public async Task<string> GetAsync(string id, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(id);
        // Entries of earlier versions lack some tokenizer files.
        var modelFolder = Path.Combine("hub-2", id.Replace("/", "--", StringComparison.Ordinal));
        HubFile config;
        try
        {
            config = await hub.FindAsync(id, ModelFolder.ConfigFile, cancellationToken) ?? throw Missing(id, ModelFolder.ConfigFile);
        }
        catch (HttpRequestException) when (Newest(modelFolder) is { } known)
        {
            // Offline: use the revision downloaded last.
            return known;
        }
        catch (HttpRequestException e)
        {
            throw new InputRejectedException(
                ErrorRules.HubUnreachable, $"model {id}", $"a built-in model, an existing folder, or a response of {hub.Endpoint} about a model of that name", $"neither ({e.Message})",
                "Correct the name or path of the model; or check the connection, the proxy (HTTPS_PROXY) and HF_ENDPOINT.", e);
        }

        var revision = config.Commit is { Length: > 0 } commit && commit.All(char.IsAsciiLetterOrDigit) ? commit : "main";
        return await cache.GetOrAddAsync(Path.Combine(modelFolder, revision), unfinished => FillAsync(id, unfinished, progress, cancellationToken), cancellationToken);
    }

    private async Task FillAsync(string id, string folder, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        var files = new List<HubFile>();
        files.Add(await hub.FindAsync(id, ModelFolder.ConfigFile, cancellationToken) ?? throw Missing(id, ModelFolder.ConfigFile));
        foreach (var name in ModelFolder.TokenizerFiles)
        {
            if (await hub.FindAsync(id, name, cancellationToken) is { } found)
                files.Add(found);
        }
        if (!files.Exists(file => file.Name is ModelFolder.TokenizerFile or ModelFolder.VocabularyFile))
            throw Missing(id, $"{ModelFolder.TokenizerFile} or {ModelFolder.VocabularyFile}");

        files.Add(await WeightsAsync(id, cancellationToken));
        var counter = new ByteCounter(progress, files.Sum(file => file.Size ?? 0));
        foreach (var file in files)
        {
            var path = Path.Combine(folder, file.Name);
            if (!File.Exists(path) || await file.FindMismatchAsync(path, cancellationToken) is not null)
                await hub.DownloadAsync(id, file, path, counter, cancellationToken);
        }
    }

    private async Task<HubFile> WeightsAsync(string id, CancellationToken cancellationToken)
    {
        if (await hub.FindAsync(id, CheckpointTensors.File, cancellationToken) is { } weights)
            return weights;
        if (await hub.FindAsync(id, "pytorch_model.bin", cancellationToken) is not null)
            throw new InputRejectedException(
                ErrorRules.WeightsPickled, $"Hugging Face model {id}", CheckpointTensors.File, "only pytorch_model.bin, which is pickled and could run code",
                "Choose a model with safetensors weights.");
        throw Missing(id, CheckpointTensors.File);
    }

    private string? Newest(string modelFolder) =>
        Directory.Exists(cache.PathOf(modelFolder))
            ? new DirectoryInfo(cache.PathOf(modelFolder)).EnumerateDirectories().Where(d => !d.Name.EndsWith(".unfinished", StringComparison.Ordinal))
                .OrderByDescending(d => d.LastWriteTimeUtc).FirstOrDefault()?.FullName
            : null;

    private static InputRejectedException Missing(string id, string file) =>
        new(ErrorRules.BaseModelMissing, $"Hugging Face model {id}", $"a public model on the hub with {file}", "none", "Check the ID, or use another model.");

    private sealed class ByteCounter(IProgress<TrainingProgress>? progress, long total) : IProgress<long>
    {
        private long done;

        public void Report(long value) => progress?.Report(new TrainingProgress(TrainingPhase.Downloading, done += value, Math.Max(total, done)));
    }
}
