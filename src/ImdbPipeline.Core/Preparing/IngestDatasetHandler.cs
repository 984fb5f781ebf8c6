using System.Diagnostics;
using System.Text.Json;
using Azure;
using Azure.Storage.Blobs.Models;
using ImdbPipeline.Core.Archives;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Telemetry;
using ImdbPipeline.Core.Uploads;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.Core.Preparing;

/// <summary>Ingests an uploaded archive; repeated, late or concurrent deliveries give one dataset version or one rejection.</summary>
public sealed partial class IngestDatasetHandler(PipelineStorage storage, TimeProvider timeProvider, IngestOptions options, ILogger<IngestDatasetHandler> logger) : IDisposable
{
    // One archive fills memory and cores; a second one in the same process waits, and often finds the work already done.
    private readonly SemaphoreSlim turn = new(1);

    /// <param name="upload">A blob's name in <c>datasets</c>: an archive, or the settings of one.</param>
    /// <exception cref="InputRejectedException">The archive or its settings are invalid; the reason is recorded.</exception>
    /// <exception cref="IOException">The archive was overwritten while it was being read; retry.</exception>
    public async Task HandleAsync(string upload, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(upload);
        await turn.WaitAsync(cancellationToken);
        try
        {
            await FindAndIngestAsync(upload, cancellationToken);
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose() => turn.Dispose();

    private async Task FindAndIngestAsync(string upload, CancellationToken cancellationToken)
    {
        var archive = StorageLayout.ArchiveOf(upload);
        if (!BlobName.IsAddressable(archive))
        {
            await RejectNameAsync(archive, cancellationToken);
            return;
        }
        if (archive != upload && await IsForNextArchiveAsync(upload, cancellationToken))
            return;
        if (await storage.Datasets.FindUploadAsync(archive, cancellationToken) is not { } found)
        {
            if (archive == upload)
                LogGone(archive);
            else
                LogNoArchive(upload, archive);
            return;
        }
        await Stage.RunAsync("IngestDataset", found.Cause, async span =>
        {
            span.SetTag("imdb.archive", archive);
            await IngestUnlessKnownAsync(new Source(archive, found.ETag, await FindSettingsAsync(archive, cancellationToken)), cancellationToken);
        });
    }

    private async Task RejectNameAsync(string archive, CancellationToken cancellationToken)
    {
        try
        {
            ArchiveFile.DatasetOf(archive);
        }
        catch (InputRejectedException e)
        {
            LogRejected(archive, e.Rule, e.Message);
            var at = timeProvider.GetUtcNow();
            await storage.RecordRejectedUploadAsync(StorageLayout.Datasets, archive, UploadRecords.AnyVersion, e.Message, at, cancellationToken);
            await storage.Prepared.CreateJsonAsync(StorageLayout.ArchiveRecord(archive), Rejected(archive, UploadRecords.AnyVersion, settings: null, e, at), cancellationToken);
            throw;
        }
    }

    private async Task IngestUnlessKnownAsync(Source source, CancellationToken cancellationToken)
    {
        var record = await storage.FindArchiveRecordAsync(source.Archive, source.ETag, cancellationToken);
        // Deleting settings changes nothing by itself, so that a repeated delivery has the same result.
        var isKnown = record is not null && (source.Settings is null || record.IsFor(StorageLayout.UploadSettings(source.Archive), source.Settings));
        if (isKnown && record!.State == ArchiveState.Rejected)
            throw new InputRejectedException(
                ErrorRules.Find(record.Rule!), $"archive {UntrustedText.Escape(source.Archive)}", "an archive other than the rejected one", $"the same one again ({record.Reason})", "Upload a corrected archive under the same name.");
        if (isKnown)
        {
            LogKnown(source.Archive, record!.Dataset!, record.Version!);
            return;
        }

        try
        {
            await IngestAsync(source, cancellationToken);
        }
        catch (InputRejectedException e)
        {
            await RecordRejectionAsync(source, e, cancellationToken);
            throw;
        }
    }

    private async Task IngestAsync(Source source, CancellationToken cancellationToken)
    {
        var archive = source.Archive;
        var dataset = ArchiveFile.DatasetOf(archive);
        var kind = ArchiveFile.KindOf(archive);
        var settings = (await ReadSettingsAsync(source, cancellationToken)).ApplyTo(options.Settings with { Task = TaskOf(archive) });
        await using var content = await DownloadAsync(source, cancellationToken);
        var manifest = await Stage.RunAsync("PrepareDataset", _ => new DatasetPreparation(timeProvider, options.Limits).PrepareAsync(
            new ArchiveFile("", archive, kind) { Content = content }, new BlobDatasetSink(storage, timeProvider), settings, progress: null, cancellationToken));
        Activity.Current?.SetTag("imdb.dataset", $"{manifest.Dataset}/{manifest.Version}");

        await ThrowIfOverwrittenAsync(source, cancellationToken);
        // Before the record, so that a crash in between sends two messages rather than none; the run name makes them one run.
        if (options.RetrainOnIngest && manifest.Archive.Name == archive)
        {
            var version = $"{manifest.Dataset}/{manifest.Version}";
            // Built by hand: the RetrainRequest type is in Runs, a higher layer.
            var message = new { run = TimeOrderedName.Of(manifest.CreatedAt, version), dataset = version, traceparent = TraceContext.Current };
            await storage.Queue(StorageLayout.RetrainQueue).SendMessageAsync(JsonSerializer.Serialize(message, PipelineJson.Message), cancellationToken);
        }
        await storage.Prepared.GetBlobClient(StorageLayout.Rejection(dataset)).DeleteIfExistsAsync(cancellationToken: cancellationToken);
        await PutAsync(source, StorageLayout.ArchiveRecord(archive), new ArchiveRecord
        {
            Archive = archive,
            ETag = source.ETag.Unquoted(),
            SettingsETag = source.Settings?.Unquoted(),
            State = ArchiveState.Ingested,
            Dataset = manifest.Dataset,
            Version = manifest.Version,
            At = timeProvider.GetUtcNow(),
        }, cancellationToken);
        PipelineTelemetry.CountPrepared(manifest.Shards.Sum(shard => (long)shard.Rows));
        LogIngested(archive, manifest.Dataset, manifest.Version, manifest.Report.Read);
    }

    /// <returns>Null for the default task, so that its datasets keep the versions they had before there were tasks.</returns>
    private static string? TaskOf(string archive) => StorageLayout.FolderOf(archive) is { } folder && folder != LabelledTask.Default && TaskStore.IsName(folder) ? folder : null;

    private async Task<bool> IsForNextArchiveAsync(string settings, CancellationToken cancellationToken) =>
        await storage.Datasets.FindPropertiesAsync(settings, cancellationToken) is not { } blob || blob.Metadata.ContainsKey(UploadSettings.ForNextArchive);

    private async Task<ETag?> FindSettingsAsync(string archive, CancellationToken cancellationToken) =>
        StorageLayout.UploadSettings(archive).Length <= StorageLayout.MaxBlobName ? await storage.Datasets.FindETagAsync(StorageLayout.UploadSettings(archive), cancellationToken) : null;

    private async Task<UploadSettings> ReadSettingsAsync(Source source, CancellationToken cancellationToken)
    {
        if (source.Settings is not { } eTag)
            return new UploadSettings();
        var name = StorageLayout.UploadSettings(source.Archive);
        try
        {
            // One byte more than allowed, so that a bigger file is noticed without reading it.
            var condition = new BlobDownloadOptions { Conditions = new BlobRequestConditions { IfMatch = eTag }, Range = new HttpRange(0, UploadSettings.MaxBytes + 1) };
            var blob = (await storage.Datasets.GetBlobClient(name).DownloadContentAsync(condition, cancellationToken)).Value;
            return UploadSettings.Parse(blob.Content.ToMemory().Span, name);
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.InvalidRange)
        {
            // The file is empty.
            return UploadSettings.Parse([], name);
        }
        catch (RequestFailedException e) when (e.Status is 404 or 412)
        {
            throw Overwritten(name, eTag, e);
        }
    }

    private async Task<FileStream> DownloadAsync(Source source, CancellationToken cancellationToken)
    {
        var (archive, eTag, _) = source;
        var file = TemporaryFile.Create();
        try
        {
            var condition = new BlobDownloadOptions { Conditions = new BlobRequestConditions { IfMatch = eTag } };
            using var blob = (await storage.Datasets.GetBlobClient(archive).DownloadStreamingAsync(condition, cancellationToken)).Value;
            if (blob.Details.ContentLength > options.Limits.MaxArchiveBytes)
                throw new ArchiveFile("", archive, ArchiveKind.Tar).Reject(
                    ErrorRules.ArchiveTooBig, $"at most {options.Limits.MaxArchiveBytes} bytes", $"{blob.Details.ContentLength}", "Split the archive.");
            await blob.Content.CopyToAsync(file, cancellationToken);
            file.Position = 0;
            return file;
        }
        catch (RequestFailedException e) when (e.Status is 404 or 412)
        {
            await file.DisposeAsync();
            throw Overwritten(archive, eTag, e);
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    private async Task RecordRejectionAsync(Source source, InputRejectedException rejection, CancellationToken cancellationToken)
    {
        var (archive, eTag, settings) = source;
        LogRejected(archive, rejection.Rule, rejection.Message);
        var at = timeProvider.GetUtcNow();
        await ThrowIfOverwrittenAsync(source, cancellationToken);
        // First, so that a crash before the others leaves an upload that is handled again, rather than one that nobody hears of.
        await storage.RecordRejectedUploadAsync(StorageLayout.Datasets, archive, $"{eTag.Unquoted()}{settings?.Unquoted()}", rejection.Message, at, cancellationToken);
        // With an invalid name there is no dataset to store the reason under.
        if (rejection.Rule != ErrorRules.ArchiveNameInvalid.Id)
            await PutAsync(
                source, StorageLayout.Rejection(ArchiveFile.DatasetOf(archive)),
                new ArchiveRejection(archive, eTag.Unquoted(), rejection.Rule, rejection.Message, at), cancellationToken);
        await PutAsync(source, StorageLayout.ArchiveRecord(archive), Rejected(archive, eTag.Unquoted(), settings?.Unquoted(), rejection, at), cancellationToken);
    }

    private static ArchiveRecord Rejected(string archive, string eTag, string? settings, InputRejectedException rejection, DateTimeOffset at) => new()
    {
        Archive = archive,
        ETag = eTag,
        SettingsETag = settings,
        State = ArchiveState.Rejected,
        Rule = rejection.Rule,
        Reason = rejection.Message,
        At = at,
    };

    /// <summary>Writes a record unless the upload was overwritten, so that a slow delivery of an older one never replaces newer results.</summary>
    private Task<bool> PutAsync<T>(Source source, string path, T value, CancellationToken cancellationToken) =>
        StorageResilience.CompareAndSwapAsync<bool>(
            $"{StorageLayout.Prepared}/{path}",
            async token =>
            {
                var present = await storage.Prepared.FindETagAsync(path, token);
                await ThrowIfOverwrittenAsync(source, token);
                return await storage.Prepared.WriteJsonAsync(path, value, present, token) ? Swap.Done(true) : Swap.Lost<bool>();
            },
            cancellationToken);

    /// <exception cref="IOException">The archive or its settings were overwritten; deleted ones keep their result.</exception>
    private async Task ThrowIfOverwrittenAsync(Source source, CancellationToken cancellationToken)
    {
        if (await storage.Datasets.FindETagAsync(source.Archive, cancellationToken) is { } present && present != source.ETag)
            throw Overwritten(source.Archive, source.ETag, null);
        if (await FindSettingsAsync(source.Archive, cancellationToken) is { } settings && settings != source.Settings)
            throw Overwritten(StorageLayout.UploadSettings(source.Archive), source.Settings, null);
    }

    private static IOException Overwritten(string upload, ETag? eTag, Exception? inner) =>
        new($"{StorageLayout.Datasets}/{upload}: expected version {eTag?.ToString() ?? "none"}, found another version or none: it was overwritten or deleted while being read. It will be processed again.", inner);

    [LoggerMessage(Level = LogLevel.Information, Message = "Ingested archive {Archive} as dataset {Dataset}/{Version}: {Reviews} texts")]
    private partial void LogIngested(Printable archive, Printable dataset, Printable version, int reviews);

    [LoggerMessage(Level = LogLevel.Information, Message = "Archive {Archive} was already ingested as dataset {Dataset}/{Version}")]
    private partial void LogKnown(Printable archive, Printable dataset, Printable version);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Archive {Archive} was deleted; nothing to ingest")]
    private partial void LogGone(Printable archive);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Settings {Settings} wait for their archive {Archive}")]
    private partial void LogNoArchive(Printable settings, Printable archive);

    [LoggerMessage(Level = LogLevel.Error, Message = "Rejected archive {Archive} ({Rule}): {Reason}")]
    private partial void LogRejected(Printable archive, Printable rule, Printable reason);

    /// <summary>One version of an archive and of the settings next to it.</summary>
    private sealed record Source(string Archive, ETag ETag, ETag? Settings);
}
