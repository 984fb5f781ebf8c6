using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Storage.Blobs.Models;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Registry;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Learning.ModelFolders;

namespace ImdbPipeline.Learning.Downloads;

/// <summary>Models in the storage account, downloaded into the local cache and verified.</summary>
public sealed class StoredModels(PipelineStorage storage, ModelCache cache)
{
    private static readonly string[] files =
    [
        ModelFolder.ConfigFile, .. ModelFolder.TokenizerFiles, CheckpointTensors.File,
        // Only for a teacher.
        ModelFolder.TrainerStateFile, NgramFile.File, NgramFile.VocabularyFile,
    ];

    /// <param name="version">Version of a published model.</param>
    /// <returns>The local model folder.</returns>
    /// <exception cref="InputRejectedException">The model version does not exist.</exception>
    /// <exception cref="InvalidDataException">A file is missing or does not match its checksum in the manifest.</exception>
    public async Task<string> GetPublishedAsync(string version, CancellationToken cancellationToken)
    {
        var manifest = (await storage.Models.ReadJsonAsync<ModelManifest>(StorageLayout.ModelManifest(version), cancellationToken))?.Value
            ?? throw new InputRejectedException(ErrorRules.ModelUnknown, $"model {version}", "a published model", "no manifest of that version", "List the models and choose one of them.");
        var entry = Path.Combine("models", $"{version}-{Fingerprint(manifest.Files.Select(f => $"{f.Path} {f.Sha256}"))}");
        return await cache.GetOrAddAsync(
            entry,
            async folder =>
            {
                foreach (var file in manifest.Files)
                    await DownloadAsync(StorageLayout.ModelFolder(version) + file.Path, Path.Combine(folder, RequirePlainName(version, file.Path)), file.Sha256, cancellationToken);
            },
            cancellationToken,
            folder => AreIntactAsync(folder, manifest.Files, cancellationToken));
    }

    private static async Task<bool> AreIntactAsync(string folder, IReadOnlyList<ModelFile> files, CancellationToken cancellationToken)
    {
        foreach (var file in files)
        {
            var local = new FileInfo(Path.Combine(folder, file.Path));
            if (!local.Exists || local.LinkTarget is not null || await ModelPublisher.DescribeAsync(local.FullName, cancellationToken) != file)
                return false;
        }
        return true;
    }

    /// <param name="name">Name of a folder uploaded to <c>models/base/</c>.</param>
    /// <returns>The local model folder.</returns>
    /// <exception cref="InputRejectedException">The folder does not exist or is incomplete.</exception>
    /// <exception cref="IOException">A file was overwritten during the download; the caller can retry.</exception>
    public async Task<string> GetBaseAsync(string name, CancellationToken cancellationToken)
    {
        var prefix = $"{StorageLayout.BaseModels}{name}/";
        var blobs = new SortedDictionary<string, ETag>(StringComparer.Ordinal);
        await foreach (var blob in storage.Models.GetBlobsAsync(new GetBlobsOptions { Prefix = prefix }, cancellationToken))
        {
            // Listings return ETags without the quotation marks that conditions need.
            if (files.Contains(blob.Name[prefix.Length..]))
                blobs[blob.Name[prefix.Length..]] = BlobETag.Quoted(blob.Properties.ETag!.Value.Unquoted());
        }

        if (!blobs.ContainsKey(ModelFolder.ConfigFile) || !blobs.ContainsKey(CheckpointTensors.File))
            throw new InputRejectedException(
                ErrorRules.BaseModelMissing, $"models/{prefix}", $"at least {ModelFolder.ConfigFile} and {CheckpointTensors.File}",
                blobs.Count == 0 ? "nothing" : string.Join(", ", blobs.Keys), "Upload the model's files there.");
        var entry = Path.Combine("base", $"{name}-{Fingerprint(blobs.Select(b => $"{b.Key} {b.Value}"))}");
        return await cache.GetOrAddAsync(
            entry,
            async folder =>
            {
                // All files must be of the same upload: a file overwritten since the listing may belong to another model.
                foreach (var (file, etag) in blobs)
                    await DownloadAsync(prefix + file, Path.Combine(folder, file), etag, cancellationToken);
            },
            cancellationToken);
    }

    private async Task DownloadAsync(string blob, string path, ETag etag, CancellationToken cancellationToken)
    {
        try
        {
            await storage.Models.GetBlobClient(blob).DownloadToAsync(path, new BlobDownloadToOptions { Conditions = new BlobRequestConditions { IfMatch = etag } }, cancellationToken);
        }
        catch (RequestFailedException e) when (e.Status is 404 or 412)
        {
            throw new IOException($"models/{blob}: expected version {etag}, found another version or none: the file was overwritten or deleted during the download. Try again when the upload is complete.", e);
        }
    }

    private async Task DownloadAsync(string blob, string path, string sha256, CancellationToken cancellationToken)
    {
        try
        {
            await storage.Models.GetBlobClient(blob).DownloadToAsync(path, cancellationToken);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            throw new InvalidDataException($"models/{blob}: expected the file listed in the manifest, found none. Publish the model again.", e);
        }
        if ((await ModelPublisher.DescribeAsync(path, cancellationToken)).Sha256 is var found && found != sha256)
            throw new InvalidDataException($"models/{blob}: expected SHA-256 {sha256} from the manifest, found {found}. Publish the model again.");
    }

    /// <summary>Rejects paths that could point outside the model's folder.</summary>
    private static string RequirePlainName(string version, string path) =>
        path == Path.GetFileName(path) && path is not ("" or "." or "..")
            ? path
            : throw new InvalidDataException($"models/{version}/manifest.json: expected plain file names, found '{path}'. Publish the model again.");

    private static string Fingerprint(IEnumerable<string> lines) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', lines))))[..16];
}
