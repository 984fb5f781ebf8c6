using System.Diagnostics;
using System.Text.Json;
using Azure;
using Azure.Storage.Blobs.Models;
using ImdbPipeline.Core.Archives;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.Core.Preparing;

/// <summary>Ingests an uploaded archive; repeated, late or concurrent deliveries give one dataset version or one rejection.</summary>
public sealed partial class IngestDatasetHandler(PipelineStorage storage, TimeProvider timeProvider, IngestOptions options, ILogger<IngestDatasetHandler> logger) : IDisposable
{
    // One archive fills memory and cores; a second one in the same process waits, and often finds the work already done.
    private readonly SemaphoreSlim turn = new(1);

    /// <param name="archive">The blob's name in <c>datasets</c>.</param>
    /// <exception cref="InputRejectedException">The archive is invalid; the reason is recorded.</exception>
    /// <exception cref="IOException">The archive was overwritten while it was being read; retry.</exception>
    public async Task HandleAsync(string archive, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(archive);
        await turn.WaitAsync(cancellationToken);
        try
        {
            await HandleInTurnAsync(archive, cancellationToken);
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose() => turn.Dispose();

    private async Task HandleInTurnAsync(string archive, CancellationToken cancellationToken)
    {
        if (await storage.Datasets.FindUploadAsync(archive, cancellationToken) is not { } upload)
        {
            LogGone(archive);
            return;
        }
        await Stage.RunAsync("IngestDataset", upload.Cause, span =>
        {
            span.SetTag("imdb.archive", archive);
            return HandleAsync(archive, upload.ETag, cancellationToken);
        });
    }

    private async Task HandleAsync(string archive, ETag eTag, CancellationToken cancellationToken)
    {
        var record = (await storage.Prepared.ReadJsonAsync<ArchiveRecord>(StorageLayout.ArchiveRecord(archive), cancellationToken))?.Value;
        if (record is { State: ArchiveState.Rejected } && record.ETag == eTag.Unquoted())
            throw new InputRejectedException(
                ErrorRules.Find(record.Rule!), $"archive {UntrustedText.Escape(archive)}", "an archive other than the rejected one", $"the same one again ({record.Reason})", "Upload a corrected archive under the same name.");
        if (record?.ETag == eTag.Unquoted())
        {
            LogKnown(archive, record.Dataset!, record.Version!);
            return;
        }

        try
        {
            await IngestAsync(archive, eTag, cancellationToken);
        }
        catch (InputRejectedException e)
        {
            await RecordRejectionAsync(archive, eTag, e, cancellationToken);
            throw;
        }
    }

    private async Task IngestAsync(string archive, ETag eTag, CancellationToken cancellationToken)
    {
        var dataset = ArchiveFile.DatasetOf(archive);
        var kind = ArchiveFile.KindOf(archive);
        await using var content = await DownloadAsync(archive, eTag, cancellationToken);
        var manifest = await Stage.RunAsync("PrepareDataset", _ => new DatasetPreparation(timeProvider, options.Limits).PrepareAsync(
            new ArchiveFile("", archive, kind) { Content = content }, new BlobDatasetSink(storage, timeProvider), options.Settings, progress: null, cancellationToken));
        Activity.Current?.SetTag("imdb.dataset", $"{manifest.Dataset}/{manifest.Version}");

        await ThrowIfOverwrittenAsync(archive, eTag, cancellationToken);
        // Before the record, so that a crash in between sends two messages rather than none; the run name makes them one run.
        if (options.RetrainOnIngest && manifest.Archive.Name == archive)
        {
            var version = $"{manifest.Dataset}/{manifest.Version}";
            // Three fields of a retrain message; runs, which come after datasets, define the rest.
            var message = new { run = TimeOrderedName.Of(manifest.CreatedAt, version), dataset = version, traceparent = TraceContext.Current };
            await storage.Queue(StorageLayout.RetrainQueue).SendMessageAsync(JsonSerializer.Serialize(message, PipelineJson.Message), cancellationToken);
        }
        await storage.Prepared.GetBlobClient(StorageLayout.Rejection(dataset)).DeleteIfExistsAsync(cancellationToken: cancellationToken);
        await PutAsync(archive, eTag, StorageLayout.ArchiveRecord(archive), new ArchiveRecord
        {
            Archive = archive,
            ETag = eTag.Unquoted(),
            State = ArchiveState.Ingested,
            Dataset = manifest.Dataset,
            Version = manifest.Version,
            At = timeProvider.GetUtcNow(),
        }, cancellationToken);
        PipelineTelemetry.CountPrepared(manifest.Shards.Sum(shard => (long)shard.Rows));
        LogIngested(archive, manifest.Dataset, manifest.Version, manifest.Report.Read);
    }

    private async Task<FileStream> DownloadAsync(string archive, ETag eTag, CancellationToken cancellationToken)
    {
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

    private async Task RecordRejectionAsync(string archive, ETag eTag, InputRejectedException rejection, CancellationToken cancellationToken)
    {
        LogRejected(archive, rejection.Rule, rejection.Message);
        var at = timeProvider.GetUtcNow();
        // With an invalid name there is no dataset to store the reason under.
        if (rejection.Rule != ErrorRules.ArchiveNameInvalid.Id)
            await PutAsync(
                archive, eTag, StorageLayout.Rejection(ArchiveFile.DatasetOf(archive)),
                new ArchiveRejection(archive, eTag.Unquoted(), rejection.Rule, rejection.Message, at), cancellationToken);
        await PutAsync(archive, eTag, StorageLayout.ArchiveRecord(archive), new ArchiveRecord
        {
            Archive = archive,
            ETag = eTag.Unquoted(),
            State = ArchiveState.Rejected,
            Rule = rejection.Rule,
            Reason = rejection.Message,
            At = at,
        }, cancellationToken);
    }

    /// <summary>Writes a record unless the archive was overwritten, so that a slow delivery of an older upload never replaces newer results.</summary>
    private Task<bool> PutAsync<T>(string archive, ETag eTag, string path, T value, CancellationToken cancellationToken) =>
        StorageResilience.CompareAndSwapAsync<bool>(
            $"{StorageLayout.Prepared}/{path}",
            async token =>
            {
                var present = await storage.Prepared.FindETagAsync(path, token);
                await ThrowIfOverwrittenAsync(archive, eTag, token);
                var written = present is { } found
                    ? await storage.Prepared.ReplaceJsonAsync(path, value, found, token)
                    : await storage.Prepared.CreateJsonAsync(path, value, token);
                return written ? Swap.Done(true) : Swap.Lost<bool>();
            },
            cancellationToken);

    /// <exception cref="IOException">The archive was overwritten; a deleted one keeps its result.</exception>
    private async Task ThrowIfOverwrittenAsync(string archive, ETag eTag, CancellationToken cancellationToken)
    {
        if (await storage.Datasets.FindETagAsync(archive, cancellationToken) is { } present && present != eTag)
            throw Overwritten(archive, eTag, null);
    }

    private static IOException Overwritten(string archive, ETag eTag, Exception? inner) =>
        new($"{StorageLayout.Datasets}/{archive}: expected version {eTag}, found that it was overwritten or deleted while being read. It will be processed again.", inner);

    [LoggerMessage(Level = LogLevel.Information, Message = "Ingested archive {Archive} as dataset {Dataset}/{Version}: {Reviews} texts")]
    private partial void LogIngested(string archive, string dataset, string version, int reviews);

    [LoggerMessage(Level = LogLevel.Information, Message = "Archive {Archive} was already ingested as dataset {Dataset}/{Version}")]
    private partial void LogKnown(string archive, string dataset, string version);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Archive {Archive} was deleted; nothing to ingest")]
    private partial void LogGone(string archive);

    [LoggerMessage(Level = LogLevel.Error, Message = "Rejected archive {Archive} ({Rule}): {Reason}")]
    private partial void LogRejected(string archive, string rule, string reason);
}
