using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Azure;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Telemetry;

namespace ImdbPipeline.Core.Uploads;

/// <summary>The results of uploads, as recorded in storage.</summary>
public static class UploadRecords
{
    /// <summary>Stands for the ETag of an upload that is rejected for its name.</summary>
    public const string AnyVersion = "";

    /// <param name="upload">An archive, or the settings next to one.</param>
    /// <param name="etag">The upload's content; null for any.</param>
    /// <returns>Whether the archive was ingested or rejected with this content; null if neither.</returns>
    public static async Task<ArchiveRecord?> FindArchiveRecordAsync(this PipelineStorage storage, string upload, ETag? etag, CancellationToken cancellationToken)
    {
        var record = (await storage.Prepared.ReadJsonAsync<ArchiveRecord>(StorageLayout.ArchiveRecord(StorageLayout.ArchiveOf(upload)), cancellationToken))?.Value;
        return etag is null || record?.IsFor(upload, etag) == true ? record : null;
    }

    /// <param name="etag">The incoming file's content; null for any.</param>
    /// <returns>Null if this content was not rejected.</returns>
    public static async Task<IncomingRejection?> FindRejectionAsync(this PipelineStorage storage, string file, ETag? etag, CancellationToken cancellationToken)
    {
        var rejection = (await storage.Scores.ReadJsonAsync<IncomingRejection>(StorageLayout.ScoreRejection(file), cancellationToken))?.Value;
        return etag is null || rejection?.ETag == etag.Value.Unquoted() || rejection?.ETag == AnyVersion ? rejection : null;
    }

    /// <summary>Records a rejected upload among the poison messages, which the alert watches. The same version of an upload is recorded once.</summary>
    /// <param name="version">Distinguishes the upload from earlier and later ones of the same name.</param>
    public static async Task RecordRejectedUploadAsync(
        this PipelineStorage storage, string container, string name, string version, string reason, DateTimeOffset at, CancellationToken cancellationToken)
    {
        const string Queue = StorageLayout.BlobTriggerPoisonQueue;
        var id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{container}/{name}/{version}")))[..32];
        // As the Functions host writes it.
        var body = JsonSerializer.Serialize(new { ContainerName = container, BlobName = name, ETag = version });
        await storage.Runs.CreateJsonAsync(StorageLayout.PoisonRecord(Queue, id), new PoisonRecord(Queue, id, $"{container}/{name}", reason, body, at), cancellationToken);
        // Also if it was there: the process that wrote it may have been killed before the alert heard of it.
        PipelineTelemetry.CountPoisonMessage(Queue);
    }
}
