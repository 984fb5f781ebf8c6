using System.Security.Cryptography;
using Azure;
using Azure.Storage.Blobs.Models;
using ImdbPipeline.Core.Registry;
using ImdbPipeline.Core.Storage;

namespace ImdbPipeline.Learning.ModelFolders;

/// <summary>Publishes trained models to the registry. Files are immutable; the manifest is written last and completes the model version.</summary>
public sealed class ModelPublisher(PipelineStorage storage, TimeProvider timeProvider)
{
    /// <summary>Publishes a model; does nothing if the version is already published.</summary>
    /// <param name="task">The task whose champion the model may become.</param>
    /// <returns>The manifest in the registry.</returns>
    public async Task<ModelManifest> PublishAsync(TrainedModel model, string task, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(model);
        var local = new List<ModelFile>();
        foreach (var path in Directory.EnumerateFiles(model.Folder).Order(StringComparer.Ordinal))
            local.Add(await DescribeAsync(path, cancellationToken));
        var version = ModelVersion.Of(model.State.BaseModel, local);
        if (await FindAsync(version, cancellationToken) is { } published)
            return published;

        var files = new List<ModelFile>();
        foreach (var file in local)
            files.Add(await UploadAsync(version, model.Folder, file, cancellationToken));
        var manifest = new ModelManifest
        {
            Version = version,
            Files = files,
            Labels = model.Labels,
            Metrics = model.State.Metrics,
            Dataset = model.State.Dataset,
            Task = task,
            Run = model.State.Run,
            BaseModel = model.State.BaseModel,
            Recipe = model.State.Recipe,
            CreatedAt = timeProvider.GetUtcNow(),
        };
        if (await storage.Models.CreateJsonAsync(StorageLayout.ModelManifest(version), manifest, cancellationToken))
            return manifest;
        return await FindAsync(version, cancellationToken)
            ?? throw new InvalidOperationException($"models/{version}: expected the manifest of a concurrent publisher, found none. Publish again.");
    }

    private async Task<ModelManifest?> FindAsync(string version, CancellationToken cancellationToken) =>
        (await storage.Models.ReadJsonAsync<ModelManifest>(StorageLayout.ModelManifest(version), cancellationToken))?.Value;

    private async Task<ModelFile> UploadAsync(string version, string folder, ModelFile file, CancellationToken cancellationToken)
    {
        var blob = storage.Models.GetBlobClient(StorageLayout.ModelFolder(version) + file.Path);
        try
        {
            await blob.UploadAsync(
                Path.Combine(folder, file.Path), new BlobUploadOptions { Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All } }, cancellationToken);
            return file;
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.BlobAlreadyExists || e.ErrorCode == BlobErrorCode.ConditionNotMet)
        {
            // Uploaded by a publisher that crashed before its manifest, or by a concurrent one: keep the existing file.
            await using var stream = await blob.OpenReadAsync(cancellationToken: cancellationToken);
            return await DescribeAsync(file.Path, stream, cancellationToken);
        }
    }

    /// <returns>The file by its name, length and checksum.</returns>
    internal static async Task<ModelFile> DescribeAsync(string path, CancellationToken cancellationToken)
    {
        await using var stream = File.OpenRead(path);
        return await DescribeAsync(Path.GetFileName(path), stream, cancellationToken);
    }

    private static async Task<ModelFile> DescribeAsync(string name, Stream stream, CancellationToken cancellationToken) =>
        new(name, stream.Length, Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken)));
}
