using System.Text.Json;
using Azure;
using Azure.Storage.Blobs.Models;
using ImdbPipeline.Cli.Foundation;
using ImdbPipeline.Cli.Screens;
using ImdbPipeline.Cli.Sessions;
using ImdbPipeline.Core.Archives;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Preparing;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Uploads;
using Microsoft.Extensions.DependencyInjection;

namespace ImdbPipeline.Cli.Watching;

/// <summary>Uploads archives to <c>datasets</c> and waits until they are ingested.</summary>
public sealed class ArchiveUpload(Session session, IServiceProvider services)
{
    private readonly PipelineStorage storage = services.GetRequiredService<PipelineStorage>();

    /// <param name="archives">Paths, with the settings to upload next to each; null for none.</param>
    /// <param name="task">The task to upload to; null for the default one.</param>
    public async Task<ExitCode> RunAsync(IReadOnlyList<(string Path, PreparationSettings? Settings)> archives, string? task, bool wait, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(archives);
        // Reject unusable names before uploading any archive, as the pipeline would.
        foreach (var (path, _) in archives)
            ArchiveFile.DatasetOf(BlobUpload.NameOf(path, task));
        // First, so that no archive is prepared without them.
        foreach (var (path, settings) in archives)
            await UploadSettingsAsync(BlobUpload.NameOf(path, task), settings, cancellationToken);
        return await BlobUpload.RunAllAsync(
            session, storage.Datasets, [.. archives.Select(archive => archive.Path)], task, wait, _ => "'imdb status' shows when it is ingested.",
            IngestedAsync, manifest => ReportScreen.Show(session.Terminal.Page, manifest), cancellationToken);
    }

    /// <summary>Stores settings beside an archive that is uploaded next.</summary>
    /// <param name="settings">Null keeps those uploaded earlier.</param>
    public async Task UploadSettingsAsync(string archive, PreparationSettings? settings, CancellationToken cancellationToken)
    {
        var name = StorageLayout.UploadSettings(archive);
        var blob = storage.Datasets.GetBlobClient(name);
        var stored = await blob.ExistsAsync(cancellationToken) ? (await blob.DownloadContentAsync(cancellationToken)).Value.Content : null;
        if (settings is null)
        {
            if (stored is not null)
                session.Note($"Using the settings in {StorageLayout.Datasets}/{name}, which were uploaded earlier.");
            return;
        }
        var json = new BinaryData(JsonSerializer.SerializeToUtf8Bytes(UploadSettings.Of(settings), PipelineJson.Record));
        if (stored is null || !stored.ToMemory().Span.SequenceEqual(json.ToMemory().Span))
            await blob.UploadAsync(json, new BlobUploadOptions { Metadata = new Dictionary<string, string> { [UploadSettings.ForNextArchive] = "true" } }, cancellationToken);
    }

    /// <summary>Waits until this version of an archive is ingested.</summary>
    /// <exception cref="CommandFailedException">It was rejected.</exception>
    public async Task<DatasetManifest> IngestedAsync(string name, ETag etag, CancellationToken cancellationToken)
    {
        session.AfterCancel = $"{name} is uploaded and will be ingested without you; 'imdb status' shows when.";
        var record = await Polling.ForAsync(session, $"Ingesting {name}", token => storage.FindArchiveRecordAsync(name, etag, token), new WaitReasons(services).OfArchiveAsync, cancellationToken);
        return record.State == ArchiveState.Ingested
            ? await ManifestAsync(record, cancellationToken)
            : throw new CommandFailedException(ExitCode.InputRejected, $"{record.Reason}");
    }

    /// <exception cref="CommandFailedException">The dataset was deleted.</exception>
    public async Task<DatasetManifest> ManifestAsync(ArchiveRecord record, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(record);
        var manifest = await storage.Prepared.ReadJsonAsync<DatasetManifest>(StorageLayout.Manifest(record.Dataset!, record.Version!), cancellationToken);
        return manifest?.Value ?? throw new CommandFailedException(
            ExitCode.NotFound, $"dataset {record.Dataset}/{record.Version}: expected its manifest, found none. Upload the archive again.");
    }
}
